import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType, ElementDeclaration, Particle, Term } from "../model/components.ts";
import { effectiveContent, withSubstitutes } from "../model/content.ts";
import type { UnitComponents } from "../model/read-components.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";

/** How much work the engine will have with the content models of a schema. */
export interface SchemaWork {
  /** In units of which the engine does about a hundred million a second. */
  readonly total: number;
  readonly byUnit: ReadonlyMap<UnitComponents, number>;
  /** Types that are refused whatever time there is. */
  readonly problems: readonly SchemaProblem[];
}

/**
 * Estimates the work of compiling content models. An engine makes an automaton of each, and compares for each of its states all
 * ways out of it: a thousand optional elements in a row are half a million ways, and 300 million comparisons.
 *
 * The definitions must be free of circles.
 */
export function measureWork(components: readonly UnitComponents[], table: ComponentTable): SchemaWork {
  const byUnit = new Map<UnitComponents, number>();
  const problems: SchemaProblem[] = [];
  const substitutes = new SubstituteCounts(table);
  let total = 0;
  for (const unit of components) {
    let work = 0;
    for (const type of complexTypesOf(unit)) {
      const model = new ModelWork(table, substitutes);
      const refusal = model.measure(effectiveContent(type, table).particle);
      work += model.work;
      if (refusal !== undefined && type.source !== undefined) {
        problems.push(problemAt(type.source.file, type.source.node, refusal, "xqbus:limit-exceeded"));
      }
    }
    byUnit.set(unit, work);
    total += work;
  }
  return { total, byUnit, problems };
}

function complexTypesOf({ globals, elements }: UnitComponents): readonly ComplexType[] {
  const named = globals.filter((each): each is ComplexType => each.kind === "complexType");
  return [...named, ...elements.flatMap(({ type }) => (type?.kind === "complexType" ? type : []))];
}

/** The work with one content model. */
class ModelWork {
  work = 0;
  readonly #table: ComponentTable;
  readonly #substitutes: SubstituteCounts;
  #elements = 0;
  #repeating = 0;
  #refusal: string | undefined;

  constructor(table: ComponentTable, substitutes: SubstituteCounts) {
    this.#table = table;
    this.#substitutes = substitutes;
  }

  /** @returns why the content model is refused, if it is */
  measure(particle: Particle | undefined): string | undefined {
    if (particle !== undefined) this.#waysInto(particle, 0);
    return this.#refusal;
  }

  /**
   * How many elements may come next in front of a particle.
   *
   * @param behind how many may come behind it
   */
  #waysInto({ term, minOccurs, maxOccurs }: Particle, behind: number): number {
    if (maxOccurs === 0 || this.#refusal !== undefined) return behind;
    const isRepeatedGroup = maxOccurs > 1 && maxOccurs < Infinity && term.kind !== "element";
    if (isRepeatedGroup && ++this.#repeating > MAX_REPEATING_GROUPS) {
      this.#refusal = `the content model has more than ${MAX_REPEATING_GROUPS} groups with maxOccurs inside each other`;
    }
    const ways = this.#waysIntoTerm(term, behind) + (minOccurs === 0 ? behind : 0);
    if (isRepeatedGroup) this.#repeating--;
    this.work += ways * ways;
    return ways;
  }

  #waysIntoTerm(term: Term, behind: number): number {
    switch (term.kind) {
      case "element":
      case "elementReference": {
        if (++this.#elements > MAX_ELEMENTS) {
          this.#refusal = `the content model has more than ${MAX_ELEMENTS} elements, groups written out`;
        }
        return this.#substitutes.of(term.kind === "element" ? term : this.#table.element(term.name));
      }
      case "wildcard":
        return 2;
      case "groupReference": {
        const particle = this.#table.group(term.name)?.particle;
        return particle === undefined ? behind : this.#waysInto(particle, behind);
      }
      case "sequence":
        return term.particles.reduceRight((next, particle) => this.#waysInto(particle, next), behind);
      case "choice":
        return term.particles.reduce((ways, particle) => ways + this.#waysInto(particle, 0), behind);
      case "all": {
        const ways = term.particles.reduce((sum, particle) => sum + this.#waysInto(particle, 0), 0);
        this.work += ALL_FACTOR * ways * ways;
        return ways;
      }
    }
  }
}

/** How many elements may stand in the place of one, itself included. */
class SubstituteCounts {
  readonly #table: ComponentTable;
  readonly #counts = new Map<ElementDeclaration, number>();

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  of(declaration: ElementDeclaration | undefined): number {
    if (declaration === undefined || !declaration.isGlobal) return 1;
    let count = this.#counts.get(declaration);
    if (count === undefined) {
      count = withSubstitutes(declaration, this.#table).length;
      this.#counts.set(declaration, count);
    }
    return count;
  }
}

/** Beyond this the engine's memory grows with the square of the number. */
const MAX_ELEMENTS = 5000;

/** The engine's time grows with the fifth power of the depth: 20 take 30 ms, 80 take 9 s. */
const MAX_REPEATING_GROUPS = 20;

/** What xs:all costs more than a choice. */
const ALL_FACTOR = 40;
