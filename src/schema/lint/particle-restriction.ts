import { sameName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { wildcardAllows } from "../model/content.ts";
import { derivationMethods } from "../model/derivation.ts";
import type { Violation } from "./finding.ts";
import {
  isEmptiable,
  substitutionChoice,
  totalRange,
  type ModelElement,
  type ModelGroup,
  type ModelParticle,
  type ModelWildcard,
  type Occurrence,
} from "./model-particle.ts";
import { isWildcardSubset } from "./wildcard-subset.ts";

/**
 * Whether a particle is a valid restriction of another one (XML Schema 1.0 part 1, section 3.9.6, Particle Valid (Restriction)):
 * everything that it allows must be allowed by the base, by the rules of the specification.
 *
 * @returns the first rule that is violated; undefined when there is none
 */
export function checkRestriction(
  restricted: ModelParticle,
  base: ModelParticle,
  table: ComponentTable,
): Violation | undefined {
  return new RestrictionCheck(table).check(restricted, base);
}

class RestrictionCheck {
  readonly #table: ComponentTable;

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  check(restricted: ModelParticle, base: ModelParticle): Violation | undefined {
    if (base.kind === "wildcard") return this.#againstWildcard(restricted, base);
    if (restricted.kind === "wildcard") {
      return violation("cos-particle-restrict", `a wildcard takes the place of ${describe(base)}`);
    }
    if (base.kind === "element") return this.#againstElement(restricted, base);
    if (restricted.kind === "element") {
      return this.#elementAgainstGroup(restricted, base);
    }
    return this.#againstGroup(restricted, base);
  }

  #elementAgainstGroup(restricted: ModelElement, base: ModelGroup): Violation | undefined {
    const { min, max } = restricted;
    // In the place of a repeated choice an element may repeat, a* for (a|b)*: the rules forbid it by their letter, the suite and
    // other engines do not, and it allows nothing new.
    const choices: readonly ModelGroup[] =
      base.kind === "choice" && base.max > 1
        ? [
            substitutionChoice(restricted, this.#table) ?? [],
            { kind: "choice" as const, particles: [{ ...restricted, min: 1, max: 1 }], min, max },
          ].flat()
        : [];
    if (choices.some((choice) => this.#againstGroup(choice, base) === undefined)) return undefined;
    // rcase-RecurseAsIfGroup: the element is compared as a group of the base's kind that holds it alone.
    return this.#againstGroup({ kind: base.kind, particles: [restricted], min: 1, max: 1 }, base);
  }

  #againstElement(restricted: ModelElement | ModelGroup, base: ModelElement): Violation | undefined {
    const isSame = restricted.kind === "element" && sameName(restricted.declaration.name, base.declaration.name);
    const choice = isSame ? undefined : substitutionChoice(base, this.#table);
    if (choice !== undefined) return this.check(restricted, choice);
    if (restricted.kind !== "element") {
      return violation("cos-particle-restrict", `${describe(restricted)} takes the place of ${describe(base)}`);
    }
    return this.#nameAndType(restricted, base);
  }

  /** rcase-NameAndTypeOK */
  #nameAndType(restricted: ModelElement, base: ModelElement): Violation | undefined {
    const code = "rcase-NameAndTypeOK";
    const [own, theirs] = [restricted.declaration, base.declaration];
    const { localName } = own.name;
    if (!sameName(own.name, theirs.name)) {
      return violation(code, `element "${localName}" takes the place of element "${theirs.name.localName}"`);
    }
    if (own.isNillable && !theirs.isNillable) {
      return violation(code, `element "${localName}" is nillable, and in the base type it is not`);
    }
    const range = checkRange(restricted, base, code, `element "${localName}"`);
    if (range !== undefined) return range;
    if (own === theirs) return undefined;
    if (theirs.fixed !== undefined && own.fixed?.trim() !== theirs.fixed.trim()) {
      return violation(code, `element "${localName}" does not have the fixed value "${theirs.fixed}" of the base type`);
    }
    if (theirs.block.some((method) => !own.block.includes(method))) {
      return violation(code, `element "${localName}" blocks less than in the base type`);
    }
    const [type, baseType] = [this.#table.typeOfElement(own), this.#table.typeOfElement(theirs)];
    const methods = derivationMethods(type, baseType, this.#table);
    if (methods !== undefined && !methods.has("extension")) return undefined;
    return violation(code, `the type of element "${localName}" is not a restriction of its type in the base type`);
  }

  #againstWildcard(restricted: ModelParticle, base: ModelWildcard): Violation | undefined {
    if (restricted.kind === "element") return this.#namespaceCompat(restricted, base, true);
    if (restricted.kind === "wildcard") return this.#namespaceSubset(restricted, base, true);
    const range = checkRange(totalRange(restricted), base, "rcase-NSRecurseCheckCardinality", describe(restricted));
    return range ?? this.#membersAgainstWildcard(restricted, base);
  }

  #membersAgainstWildcard(group: ModelGroup, base: ModelWildcard): Violation | undefined {
    for (const each of group.particles) {
      const found =
        each.kind === "element"
          ? this.#namespaceCompat(each, base, false)
          : each.kind === "wildcard"
            ? this.#namespaceSubset(each, base, false)
            : this.#membersAgainstWildcard(each, base);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** rcase-NSCompat */
  #namespaceCompat(element: ModelElement, base: ModelWildcard, withRange: boolean): Violation | undefined {
    const { name } = element.declaration;
    if (!wildcardAllows(base.wildcard, name.namespace)) {
      return violation("rcase-NSCompat", `the wildcard of the base type does not admit element "${name.localName}"`);
    }
    return withRange ? checkRange(element, base, "rcase-NSCompat", `element "${name.localName}"`) : undefined;
  }

  /** rcase-NSSubset */
  #namespaceSubset(own: ModelWildcard, base: ModelWildcard, withRange: boolean): Violation | undefined {
    const code = "rcase-NSSubset";
    if (!isWildcardSubset(own.wildcard, base.wildcard)) {
      return violation(code, "the wildcard admits more namespaces than that of the base type");
    }
    if (STRICTNESS[own.wildcard.processContents] < STRICTNESS[base.wildcard.processContents]) {
      return violation(code, "the wildcard is processed less strictly than that of the base type");
    }
    return withRange ? checkRange(own, base, code, "the wildcard") : undefined;
  }

  #againstGroup(restricted: ModelGroup, base: ModelGroup): Violation | undefined {
    const [own, theirs] = [restricted.kind, base.kind];
    if (own === theirs) return own === "choice" ? this.#recurseLax(restricted, base) : this.#recurse(restricted, base);
    if (own === "sequence") {
      return theirs === "all" ? this.#recurseUnordered(restricted, base) : this.#mapAndSum(restricted, base);
    }
    return violation("cos-particle-restrict", `${describe(restricted)} takes the place of ${describe(base)}`);
  }

  /** rcase-Recurse: in order, and what is left out may be absent */
  #recurse(restricted: ModelGroup, base: ModelGroup): Violation | undefined {
    const code = "rcase-Recurse";
    const range = checkRange(restricted, base, code, describe(restricted));
    if (range !== undefined) return range;
    const pending = [...restricted.particles];
    let reason: Violation | undefined;
    for (const theirs of base.particles) {
      const own = pending[0];
      const found = own === undefined ? undefined : this.check(own, theirs);
      if (own !== undefined && found === undefined) {
        pending.shift();
        reason = undefined;
      } else if (!isEmptiable(theirs)) {
        return found ?? violation(code, `${describe(theirs)}, which the base type requires, is missing`);
      } else {
        reason = found ?? reason;
      }
    }
    const [left] = pending;
    if (left === undefined) return undefined;
    return reason ?? violation(code, `the base type has no place for ${describe(left)} here`);
  }

  /** rcase-RecurseLax: in order, whatever is left out */
  #recurseLax(restricted: ModelGroup, base: ModelGroup): Violation | undefined {
    const code = "rcase-RecurseLax";
    const range = checkRange(restricted, base, code, describe(restricted));
    if (range !== undefined) return range;
    let next = 0;
    for (const own of restricted.particles) {
      const at = base.particles.findIndex((theirs, i) => i >= next && this.check(own, theirs) === undefined);
      if (at < 0) return violation(code, `the choice of the base type has no place for ${describe(own)} here`);
      next = at + 1;
    }
    return undefined;
  }

  /** rcase-RecurseUnordered: each finds a place of its own in xs:all, and what is left out may be absent */
  #recurseUnordered(restricted: ModelGroup, base: ModelGroup): Violation | undefined {
    const code = "rcase-RecurseUnordered";
    const range = checkRange(restricted, base, code, describe(restricted));
    if (range !== undefined) return range;
    const rest = new Set(base.particles);
    for (const own of restricted.particles) {
      const place = [...rest].find((theirs) => this.check(own, theirs) === undefined);
      if (place === undefined) return violation(code, `xs:all of the base type has no place for ${describe(own)}`);
      rest.delete(place);
    }
    const missing = [...rest].find((each) => !isEmptiable(each));
    return missing && violation(code, `${describe(missing)}, which the base type requires, is missing`);
  }

  /** rcase-MapAndSum: each is one of the choice, which repeats often enough */
  #mapAndSum(restricted: ModelGroup, base: ModelGroup): Violation | undefined {
    const code = "rcase-MapAndSum";
    for (const own of restricted.particles) {
      if (base.particles.every((theirs) => this.check(own, theirs) !== undefined)) {
        return violation(code, `the choice of the base type has no place for ${describe(own)}`);
      }
    }
    const { length } = restricted.particles;
    const total = { min: restricted.min * length, max: length === 0 ? 0 : restricted.max * length };
    return checkRange(total, base, code, describe(restricted));
  }
}

const STRICTNESS = { skip: 0, lax: 1, strict: 2 } as const;

function violation(code: string, message: string): Violation {
  return { code, message };
}

/** range-ok */
function checkRange(own: Occurrence, base: Occurrence, code: string, what: string): Violation | undefined {
  if (own.min >= base.min && own.max <= base.max) return undefined;
  return violation(code, `${what} may occur ${showRange(own)}, and in the base type ${showRange(base)}`);
}

function showRange({ min, max }: Occurrence): string {
  if (max === Infinity) return `${min} times or more`;
  return min === max ? `${min} times` : `${min} to ${max} times`;
}

function describe(particle: ModelParticle): string {
  switch (particle.kind) {
    case "element":
      return `element "${particle.declaration.name.localName}"`;
    case "wildcard":
      return "a wildcard";
    case "all":
    case "choice":
    case "sequence": {
      const [first] = particle.particles;
      return first === undefined
        ? `an empty xs:${particle.kind}`
        : `the ${particle.kind} that begins with ${describe(first)}`;
    }
  }
}
