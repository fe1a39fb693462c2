import { internName, type XmlElement } from "../../xml/index.ts";
import { BUILT_IN_TYPES } from "../model/built-in-types.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { Facet, SimpleType, TypeUse } from "../model/components.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import { builtInItem, builtInSpace } from "./built-in-spaces.ts";
import { facetChecks, type FacetCheck, type FacetChecks } from "./facet-checks.ts";
import type { SimpleTypeChecker, ValueProblem } from "./simple-type-checker.ts";
import type { Variety } from "./value-space.ts";
import { atomic, listOf, unionOf } from "./varieties.ts";
import { normalizeWhiteSpace, type WhiteSpace } from "./white-space.ts";

/**
 * Prepares a simple type, which must be free of circles, for checking many values. Each type of a table is prepared once.
 *
 * @param type a type of the table, or one made for the simple content of one
 */
export function compileSimpleType(type: SimpleType, table: ComponentTable): SimpleTypeChecker {
  return checkerOf(type, table);
}

const checkersOf = new WeakMap<ComponentTable, WeakMap<SimpleType, Checker>>();

function checkerOf(use: TypeUse, table: ComponentTable): Checker {
  const resolved = table.resolveType(use);
  // A checked catalog has no complex type here.
  const type = resolved.kind === "simpleType" ? resolved : ANY_SIMPLE_TYPE;
  let checkers = checkersOf.get(table);
  if (checkers === undefined) {
    checkers = new WeakMap();
    checkersOf.set(table, checkers);
  }
  let checker = checkers.get(type);
  if (checker === undefined) {
    checker = compile(type, table);
    checkers.set(type, checker);
  }
  return checker;
}

function compile(type: SimpleType, table: ComponentTable): Checker {
  const { derivation } = type;
  switch (derivation.method) {
    case "builtIn":
      return compileBuiltIn(type, table);
    case "list":
      return new Checker(type, listOf(checkerOf(derivation.item, table)), NO_FACETS);
    case "union":
      return new Checker(type, unionOf(derivation.members.map((member) => checkerOf(member, table))), NO_FACETS);
    case "restriction":
      return checkerOf(derivation.base, table).restricted(type, derivation.facets);
  }
}

function compileBuiltIn(type: SimpleType, table: ComponentTable): Checker {
  const name = type.name?.localName ?? "";
  const item = builtInItem(name);
  if (item === undefined) return new Checker(type, atomic(builtInSpace(name) ?? ANY, name), NO_FACETS);
  const itemChecker = checkerOf({ kind: "reference", name: internName(XSD_NAMESPACE, item) }, table);
  return new Checker(type, listOf(itemChecker), { checks: [NOT_EMPTY], ignored: [] });
}

/** A value space with the facets of a type and its base types. */
class Checker implements SimpleTypeChecker {
  readonly type: SimpleType;
  readonly #variety: Variety;
  readonly #facets: FacetChecks;

  constructor(type: SimpleType, variety: Variety, facets: FacetChecks) {
    this.type = type;
    this.#variety = variety;
    this.#facets = facets;
  }

  get identity(): SimpleTypeChecker["identity"] {
    return this.#variety.identity;
  }

  get ignoredFacets(): readonly Facet[] {
    return this.#facets.ignored;
  }

  check(text: string, scope: XmlElement): ValueProblem | undefined {
    const normalized = this.normalize(text);
    const problem = this.#variety.problem(normalized, scope, this.type);
    if (problem !== undefined || this.#facets.checks.length === 0) return problem;
    const value = this.#variety.lexical?.(normalized, scope) ?? normalized;
    for (const check of this.#facets.checks) if (!check.holds(value, scope)) return this.#violation(check, value);
    return undefined;
  }

  normalize(text: string): string {
    return normalizeWhiteSpace(text, this.#variety.whiteSpace);
  }

  key(text: string, scope: XmlElement): string {
    return this.#variety.key(this.normalize(text), scope);
  }

  equal(a: string, b: string, scope: XmlElement, scopeOfB: XmlElement = scope): boolean {
    return this.key(a, scope) === this.key(b, scopeOfB);
  }

  /** A type with further facets. The nearest facet of each name holds; patterns hold all. */
  restricted(type: SimpleType, facets: readonly Facet[]): Checker {
    const { checks, ignored } = facetChecks(facets, this.#variety);
    const replaced = new Set(checks.map(({ facet }) => facet).filter((facet) => facet !== "pattern"));
    const kept = this.#facets.checks.filter(({ facet }) => !replaced.has(facet));
    const whiteSpace = facets.find(({ name }) => name === "whiteSpace")?.value.trim() as WhiteSpace | undefined;
    const variety = whiteSpace === undefined ? this.#variety : { ...this.#variety, whiteSpace };
    return new Checker(type, variety, { checks: [...kept, ...checks], ignored: [...this.#facets.ignored, ...ignored] });
  }

  #violation({ facet, limit }: FacetCheck, value: string): ValueProblem {
    const { length: count, unit } = this.#variety;
    const length =
      facet.endsWith("ength") && count !== undefined && unit !== undefined ? { count: count(value), unit } : undefined;
    return { code: `cvc-${facet}-valid`, facet, limit, value, isItem: false, length, type: this.type };
  }
}

const NO_FACETS: FacetChecks = { checks: [], ignored: [] };

/** The built-in list types have at least one item. */
const NOT_EMPTY: FacetCheck = { facet: "minLength", limit: "1", holds: (text) => text !== "" };

const ANY_SIMPLE_TYPE = BUILT_IN_TYPES.get("anySimpleType") as SimpleType;
const ANY = builtInSpace("anySimpleType")!;
