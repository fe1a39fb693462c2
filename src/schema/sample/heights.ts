import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, Term, TypeDefinition } from "../model/components.ts";
import { substitutesOf } from "../model/derivation.ts";
import { wildcardAllows } from "../model/content.ts";
import { viewOf } from "../problems/type-view.ts";
import { derivedTypes, type DerivedTypes } from "./derived-types.ts";

/** The heights of a table, found out once. */
export function heights(table: ComponentTable): Heights {
  let known = knownHeights.get(table);
  if (known === undefined) {
    known = new Heights(table, derivedTypes(table));
    knownHeights.set(table, known);
  }
  return known;
}

const knownHeights = new WeakMap<ComponentTable, Heights>();

/**
 * How many elements deep the flattest valid content of declarations, types and particles is: 1 for an element without children,
 * Infinity for what can never be complete because it needs itself. Choosing what is flattest ends every recursion.
 */
export class Heights {
  readonly #table: ComponentTable;
  readonly #derived: DerivedTypes;
  readonly #known = new Map<ElementDeclaration, number>();

  constructor(table: ComponentTable, derived: DerivedTypes) {
    this.#table = table;
    this.#derived = derived;
  }

  /** Of an element that stands for itself, not for its substitutes. */
  ofElement(declaration: ElementDeclaration): number {
    if (!this.#known.has(declaration)) this.#settle(declaration);
    return this.#known.get(declaration)!;
  }

  /** Of the content of a type that is not abstract; 0 when it needs no elements. */
  ofType(type: TypeDefinition): number {
    return this.#contentHeight(type, (each) => this.ofElement(each));
  }

  /** Of the term of a particle, once. */
  ofTerm(term: Term): number {
    return this.#termHeight(term, (each) => this.ofElement(each));
  }

  /** Goes over all declarations that can be reached until no estimate becomes smaller. */
  #settle(first: ElementDeclaration): void {
    const estimates = new Map([[first, Infinity]]);
    const lookUp: HeightOf = (each) => {
      const known = this.#known.get(each) ?? estimates.get(each);
      if (known === undefined) estimates.set(each, Infinity);
      return known ?? Infinity;
    };
    for (let changed = true; changed;) {
      changed = false;
      // Declarations that are met on the way are gone over in the same round.
      for (const [each, estimate] of estimates) {
        const height = this.#elementHeight(each, lookUp);
        if (height >= estimate) continue;
        estimates.set(each, height);
        changed = true;
      }
    }
    for (const [each, height] of estimates) this.#known.set(each, height);
  }

  #elementHeight(declaration: ElementDeclaration, heightOf: HeightOf): number {
    if (declaration.isAbstract) return Infinity;
    const type = this.#table.typeOfElement(declaration);
    if (type.kind === "simpleType" || !type.isAbstract) return 1 + this.#contentHeight(type, heightOf);
    return 1 + least(this.#derived.for(type, declaration).map((each) => this.#contentHeight(each, heightOf)));
  }

  #contentHeight(type: TypeDefinition, heightOf: HeightOf): number {
    if (type.kind === "simpleType") return 0;
    const { particle } = viewOf(type, this.#table);
    return particle === undefined ? 0 : this.#particleHeight(particle, heightOf);
  }

  #particleHeight({ minOccurs, term }: Particle, heightOf: HeightOf): number {
    return minOccurs === 0 ? 0 : this.#termHeight(term, heightOf);
  }

  #termHeight(term: Term, heightOf: HeightOf): number {
    switch (term.kind) {
      case "element":
        return heightOf(term);
      case "elementReference": {
        const head = this.#table.element(term.name);
        return head === undefined ? Infinity : least(substitutesOf(head, this.#table).map(heightOf));
      }
      case "groupReference": {
        const particle = this.#table.group(term.name)?.particle;
        return particle === undefined ? 0 : this.#particleHeight(particle, heightOf);
      }
      case "choice":
        return least(term.particles.map((each) => this.#particleHeight(each, heightOf)));
      case "all":
      case "sequence":
        return Math.max(0, ...term.particles.map((each) => this.#particleHeight(each, heightOf)));
      case "wildcard": {
        if (term.processContents !== "strict") return 1;
        const allowed = [...this.#table.elements].filter(({ name }) => wildcardAllows(term, name.namespace));
        return least(allowed.map(heightOf));
      }
    }
  }
}

type HeightOf = (declaration: ElementDeclaration) => number;

function least(heights: readonly number[]): number {
  return Math.min(Infinity, ...heights);
}
