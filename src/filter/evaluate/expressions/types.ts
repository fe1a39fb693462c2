import type { Expression } from "../../syntax/ast.ts";
import { atomizeOptional } from "../../values/atomize.ts";
import { ATOMIC_TYPES } from "../../values/atomic-type.ts";
import { cast } from "../../values/cast.ts";
import { LIST_TYPES, castToList, castToNumeric } from "../../values/cast-to-special.ts";
import type { AtomicValue, Sequence } from "../../values/item.ts";
import { assertMatches, sequenceMatches } from "../../values/match-type.ts";
import { BudgetError, QueryError } from "../../values/query-error.ts";
import { XSD_NAMESPACE } from "../../values/namespaces.ts";
import { Compiled, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { located } from "../located.ts";
import type { Scope } from "../scope.ts";
import { resultTraits } from "./function-call.ts";
import { BooleanExpression } from "./logic.ts";
import type { SequenceType } from "../../values/sequence-type.ts";

/** `instance of` (XPath 3.1, section 3.18.1). */
export function compileInstanceOf(
  { at, operand, type }: Extract<Expression, { kind: "instanceOf" | "treatAs" }>,
  scope: Scope,
): Compiled {
  return new InstanceOf(at, scope.compile(operand), scope.sequenceType(type));
}

class InstanceOf extends BooleanExpression {
  readonly #operand: Compiled;
  readonly #type: SequenceType;

  constructor(at: number, operand: Compiled, type: SequenceType) {
    super(at, [operand]);
    this.#operand = operand;
    this.#type = type;
  }

  override test(context: Context): boolean {
    return sequenceMatches(this.#operand.items(context), this.#type);
  }
}

/** `treat as` (section 3.18.5). */
export function compileTreatAs(
  { at, operand, type }: Extract<Expression, { kind: "instanceOf" | "treatAs" }>,
  scope: Scope,
): Compiled {
  return new TreatAs(at, scope.compile(operand), scope.sequenceType(type));
}

class TreatAs extends Compiled {
  readonly #operand: Compiled;
  readonly #type: SequenceType;

  constructor(at: number, operand: Compiled, type: SequenceType) {
    const { isOrdered, areDisjoint } = operand.traits;
    super(at, traitsOver([operand], { ...resultTraits(type), isOrdered, areDisjoint }));
    this.#operand = operand;
    this.#type = type;
  }

  override items(context: Context): Sequence {
    const items = this.#operand.items(context);
    assertMatches(items, this.#type, "the operand of treat as", this.at, "XPDY0050");
    return items;
  }

  override each(context: Context, visit: Visitor): boolean {
    return this.items(context).every(visit);
  }
}

type CastSyntax = Extract<Expression, { kind: "castAs" | "castableAs" }>;

/** `cast as` (section 3.18.2). */
export function compileCastAs(syntax: CastSyntax, scope: Scope): Compiled {
  return new CastAs(syntax.at, castTo(syntax, scope));
}

/** `castable as` (section 3.18.3). */
export function compileCastableAs(syntax: CastSyntax, scope: Scope): Compiled {
  return new CastableAs(syntax.at, castTo(syntax, scope));
}

interface CastTarget {
  readonly operand: Compiled;
  readonly isOptional: boolean;
  readonly castItem: (value: AtomicValue) => Sequence;
}

function castTo({ operand, type, isOptional, at }: CastSyntax, scope: Scope): CastTarget {
  const name = scope.resolve(type, "element");
  const compiled = scope.compile(operand);
  const prefixes = (prefix: string): string | undefined =>
    prefix === "" ? scope.defaultElementNamespace : scope.namespaceOf(prefix);
  const target = name.namespace === XSD_NAMESPACE ? ATOMIC_TYPES.get(name.localName) : undefined;
  const itemType = name.namespace === XSD_NAMESPACE ? LIST_TYPES.get(name.localName) : undefined;
  if (itemType !== undefined)
    return { operand: compiled, isOptional, castItem: (value) => castToList(value, itemType) };
  if (name.namespace === XSD_NAMESPACE && name.localName === "numeric") {
    return { operand: compiled, isOptional, castItem: (value) => [castToNumeric(value)] };
  }
  if (target === undefined) {
    const written = type.prefix === "" ? type.localName : `${type.prefix}:${type.localName}`;
    const isComplex = name.namespace === XSD_NAMESPACE && ["anySimpleType", "anyType"].includes(name.localName);
    throw new QueryError(isComplex ? "XPST0080" : "XQST0052", `"${written}" is not an atomic type`, type.at);
  }
  if (["anyAtomicType", "NOTATION"].includes(target.name)) {
    throw new QueryError("XPST0080", `nothing can be cast to ${String(target)}`, at);
  }
  return { operand: compiled, isOptional, castItem: (value) => [cast(value, target, prefixes)] };
}

class CastAs extends Compiled {
  readonly #target: CastTarget;

  constructor(at: number, target: CastTarget) {
    super(at, traitsOver([target.operand]));
    this.#target = target;
  }

  override items(context: Context): Sequence {
    const { operand, isOptional, castItem } = this.#target;
    return located(this.at, () => {
      const value = atomizeOptional(operand.items(context), "the operand of cast as", operand.at);
      if (value !== undefined) return castItem(value);
      if (isOptional) return [];
      throw new QueryError("XPTY0004", 'the operand of cast as is empty; write "?" behind the type to allow that');
    });
  }

  override each(context: Context, visit: Visitor): boolean {
    return this.items(context).every(visit);
  }
}

class CastableAs extends BooleanExpression {
  readonly #target: CastTarget;

  constructor(at: number, target: CastTarget) {
    super(at, [target.operand]);
    this.#target = target;
  }

  override test(context: Context): boolean {
    const { operand, isOptional, castItem } = this.#target;
    const items = operand.items(context);
    const values =
      items.length > 1 ? undefined : located(this.at, () => atomizeOptional(items, "the operand", this.at));
    if (items.length > 1) return false;
    if (values === undefined) return isOptional;
    try {
      castItem(values);
      return true;
    } catch (error) {
      if (error instanceof QueryError && !(error instanceof BudgetError)) return false;
      throw error;
    }
  }
}
