import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, Term } from "../model/components.ts";
import { withSubstitutes } from "../model/content.ts";

/** A child element of a content model. */
export interface ChildOccurrence {
  readonly declaration: ElementDeclaration;
  /** How often it occurs at least. */
  readonly min: number;
}

/** The child elements of a content model by expanded name (in text), in the order of the model. */
export type ChildOccurrences = ReadonlyMap<string, ChildOccurrence>;

/**
 * Counts how often the child elements of a content model must occur. What stands in a choice need not; a name that stands
 * twice in a sequence must occur twice; whoever may stand in place of an element (its substitution group) counts as a choice.
 */
export function childOccurrences(particle: Particle | undefined, table: ComponentTable): ChildOccurrences {
  if (particle === undefined || particle.maxOccurs === 0) return NONE;
  const { minOccurs } = particle;
  const inner = occurrencesOfTerm(particle.term, table);
  return minOccurs === 1 ? inner : mapMinimum(inner, ({ min }) => min * minOccurs);
}

function occurrencesOfTerm(term: Term, table: ComponentTable): ChildOccurrences {
  switch (term.kind) {
    case "element":
      return once([term]);
    case "elementReference": {
      const head = table.element(term.name);
      return once(head === undefined ? [] : withSubstitutes(head, table).filter(({ isAbstract }) => !isAbstract));
    }
    case "groupReference":
      return childOccurrences(table.group(term.name)?.particle, table);
    case "sequence":
    case "all":
      return combine(
        term.particles.map((each) => childOccurrences(each, table)),
        (a, b) => a + b,
      );
    case "choice":
      return oneOf(term.particles.map((each) => childOccurrences(each, table)));
    case "wildcard":
      return NONE;
  }
}

function once(declarations: readonly ElementDeclaration[]): ChildOccurrences {
  return oneOf(declarations.map((declaration) => new Map([[String(declaration.name), { declaration, min: 1 }]])));
}

function oneOf(alternatives: readonly ChildOccurrences[]): ChildOccurrences {
  return mapMinimum(combine(alternatives, Math.min), ({ min }, name) =>
    alternatives.every((alternative) => alternative.has(name)) ? min : 0,
  );
}

function combine(parts: readonly ChildOccurrences[], add: (a: number, b: number) => number): ChildOccurrences {
  const combined = new Map<string, ChildOccurrence>();
  for (const [name, { declaration, min }] of parts.flatMap((part) => [...part])) {
    const earlier = combined.get(name);
    combined.set(name, earlier === undefined ? { declaration, min } : { ...earlier, min: add(earlier.min, min) });
  }
  return combined;
}

function mapMinimum(
  occurrences: ChildOccurrences,
  minimum: (occurrence: ChildOccurrence, name: string) => number,
): ChildOccurrences {
  return new Map([...occurrences].map(([name, each]) => [name, { ...each, min: minimum(each, name) }]));
}

const NONE: ChildOccurrences = new Map();
