import { parseXml, type XmlElement } from "../../../xml/index.ts";
import type { ComponentTable } from "../../model/component-table.ts";
import type { Facet, SimpleType } from "../../model/components.ts";
import { namespaceOfQName, splitQName } from "../../model/xsd.ts";
import { compileSimpleType, splitAtWhiteSpace, type SimpleTypeChecker } from "../../values/index.ts";
import type { Random } from "../random.ts";
import { SampleError } from "../sample-error.ts";
import type { SampleText } from "../sample-tree.ts";
import { sampleAtomic, sampleLength } from "./atomic-sample.ts";
import { samplePattern } from "./pattern-sample.ts";
import { planOf, type ValuePlan } from "./value-plan.ts";

/** Makes values of simple types for one document, in which IDs occur once and references lead to them. */
export class ValueSampler {
  /** The IDs that were given away. */
  readonly ids: Set<string> = new Set();
  readonly #table: ComponentTable;
  readonly #maxLength: number;
  readonly #random: Random;
  readonly #prefixes = new Map<string, string>();

  /** @param maxLength characters, bytes or items of a value that may have any length */
  constructor(table: ComponentTable, maxLength: number, random: Random) {
    this.#table = table;
    this.#maxLength = maxLength;
    this.#random = random;
  }

  /**
   * A valid value: made to measure, then tested.
   *
   * @throws SampleError when none of those that were made passes
   */
  sample(checker: SimpleTypeChecker): SampleText {
    const plan = this.planOf(checker.type);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const name = this.#enumeratedName(plan);
      if (name !== undefined) return { ...name, checker };
      const text = this.#draw(plan);
      if (text === undefined || checker.check(text, NO_SCOPE) !== undefined || !isPortable(text, plan)) continue;
      if (checker.identity !== "ID") return { kind: "text", text, checker };
      const ids = splitAtWhiteSpace(text);
      if (ids.some((id) => this.ids.has(id))) continue;
      for (const id of ids) this.ids.add(id);
      return { kind: "text", text, checker };
    }
    throw new SampleError(`a value for ${nameOf(checker.type, plan)}`, `${ATTEMPTS} attempts failed; give one`);
  }

  /** A text in the form of the type that a type restricts: it need not keep the facets of the last step, and is not checked. */
  sampleBase({ derivation }: SimpleType): string | undefined {
    if (derivation.method !== "restriction") return undefined;
    const base = this.#table.resolveType(derivation.base);
    return base.kind === "simpleType" ? this.#draw(this.planOf(base)) : undefined;
  }

  /** The value that a schema demands, as text that means the same in the document. */
  fixed(checker: SimpleTypeChecker, text: string, scope: XmlElement): SampleText {
    const { builtIn, variety } = this.planOf(checker.type);
    const isName = variety === "atomic" && (builtIn === "QName" || builtIn === "NOTATION");
    return isName
      ? { ...this.qualifiedName(text, scope), checker, fixed: text }
      : { kind: "text", text, checker, fixed: text };
  }

  /** A qualified name out of a schema document, with a prefix that the document must declare. */
  qualifiedName(text: string, scope: XmlElement): SampleText {
    const { localName } = splitQName(text.trim());
    return this.nameIn(namespaceOfQName(scope, text.trim()) ?? "", localName);
  }

  /** A name with a prefix for its namespace. */
  nameIn(namespace: string, localName: string): SampleText {
    let prefix = this.#prefixes.get(namespace);
    if (prefix === undefined) {
      prefix = `q${this.#prefixes.size}`;
      this.#prefixes.set(namespace, prefix);
    }
    return { kind: "text", text: `${prefix}:${localName}`, checker: undefined, namespaces: { [prefix]: namespace } };
  }

  /** What a type demands. */
  planOf(type: SimpleType): ValuePlan {
    return planOf(type, this.#table);
  }

  /** One of the allowed names of a type derived from xs:QName or xs:NOTATION. */
  #enumeratedName({ variety, builtIn, enumeration }: ValuePlan): SampleText | undefined {
    if (variety !== "atomic" || (builtIn !== "QName" && builtIn !== "NOTATION")) return undefined;
    const inNamespace = enumeration.filter(({ value, node }) => (namespaceOfQName(node, value.trim()) ?? "") !== "");
    const facet: Facet | undefined = this.#random.pick(inNamespace);
    return facet === undefined ? undefined : this.qualifiedName(facet.value, facet.node);
  }

  #draw(plan: ValuePlan): string | undefined {
    const random = this.#random;
    if (plan.enumeration.length > 0) return random.pick(plan.enumeration)?.value;
    const patterns = random.pick(plan.patterns);
    if (patterns !== undefined && random.chance(WITH_PATTERN)) {
      const pattern = random.pick(patterns);
      return pattern === undefined ? undefined : samplePattern(pattern, this.#patternLength(plan), random);
    }
    switch (plan.variety) {
      case "atomic":
        if (plan.builtIn === "IDREF") return random.pick([...this.ids]);
        return sampleAtomic(plan, this.#maxLength, random);
      case "list":
        return this.#drawList(plan);
      case "union": {
        const member = random.pick(plan.members);
        return member === undefined ? undefined : this.#tryMember(member);
      }
    }
  }

  #drawList(plan: ValuePlan): string | undefined {
    const item = compileSimpleType(plan.item!, this.#table);
    const length = sampleLength(plan, Math.min(this.#maxLength, MAX_ITEMS), this.#random);
    const items: string[] = [];
    const itemPlan = this.planOf(item.type);
    for (let attempt = 0; items.length < length && attempt < length + ATTEMPTS; attempt++) {
      const text = this.#draw(itemPlan);
      if (text === undefined || item.check(text, NO_SCOPE) !== undefined) continue;
      const pieces = splitAtWhiteSpace(text);
      // An item with white space in it would be several, and an empty one none.
      if (pieces.length === 1) items.push(text);
    }
    return items.join(" ");
  }

  #tryMember(member: SimpleType): string | undefined {
    const checker = compileSimpleType(member, this.#table);
    const text = this.#draw(this.planOf(member));
    return text !== undefined && checker.check(text, NO_SCOPE) === undefined ? text : undefined;
  }

  #patternLength(plan: ValuePlan): number {
    const unit = plan.builtIn === "hexBinary" ? 2 : 1;
    return unit * sampleLength(plan, this.#maxLength, this.#random);
  }
}

function nameOf({ name }: SimpleType, { builtIn, variety }: ValuePlan): string {
  if (name !== undefined) return `the type ${name.localName}`;
  return variety === "atomic" ? `a type derived from xs:${builtIn}` : `a type that is a ${variety}`;
}

/** Processors differ in which characters they escape in a URI, and where. */
function isPortable(text: string, { builtIn, enumeration }: ValuePlan): boolean {
  return builtIn !== "anyURI" || enumeration.length > 0 || /^[\w\-.~:/?#@!$&'()*+,;=%]*$/.test(text);
}

/** An element without namespace declarations. */
export const NO_SCOPE: XmlElement = parseXml("<none/>").documentElement;

/** Values that are tried: patterns and lengths together, or several patterns, are hit by chance only. */
const ATTEMPTS = 500;

/** How often a value is made from the pattern of its type; else from its other facets. */
const WITH_PATTERN = 0.8;

const MAX_ITEMS = 6;
