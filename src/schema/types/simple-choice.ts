import type { ComponentTable } from "../model/component-table.ts";
import type { ModelGroup, Particle } from "../model/components.ts";
import { wildcardsIn } from "../model/wildcards-in.ts";
import { childOccurrences, type ChildOccurrences } from "./child-occurrences.ts";

/** Of more alternatives no union is made: it would be harder to read than optional fields. */
const MAX_ALTERNATIVES = 8;

/**
 * The choice of a content model that is simple: the model is the choice, or a sequence of which the choice is one part, it
 * does not repeat, it is the only one on this level, and no element stands in two alternatives or beside the choice too.
 *
 * @returns the child elements of each alternative, none for the one in which the choice is left out; empty when there is no
 *   simple choice
 */
export function simpleChoice(particle: Particle | undefined, table: ComponentTable): readonly ChildOccurrences[] {
  const [choice, ...others] = choicesIn(particle, table);
  if (choice === undefined || others.length > 0 || wildcardsIn(choice, table).length > 0) return [];
  const group = choice.term as ModelGroup;
  const alternatives = group.particles.map((each) => childOccurrences(each, table));
  if (choice.minOccurs === 0 || group.particles.some((each) => each.maxOccurs === 0)) alternatives.push(new Map());
  if (group.particles.length < 2 || alternatives.length > MAX_ALTERNATIVES) return [];
  const names = alternatives.flatMap((each) => [...each.keys()]);
  const isDistinct = new Set(names).size === names.length;
  return isDistinct && !standBeside(names, particle, choice, table) ? alternatives : [];
}

/** The choices that stand in the outermost sequence, groups written out; a choice that repeats counts, but as two. */
function choicesIn(particle: Particle | undefined, table: ComponentTable): readonly Particle[] {
  if (particle === undefined || particle.maxOccurs === 0) return [];
  const { term, maxOccurs } = particle;
  switch (term.kind) {
    case "choice":
      return maxOccurs === 1 ? [particle] : [particle, particle];
    case "groupReference": {
      const group = table.group(term.name)?.particle;
      if (group === undefined) return [];
      // The group's model occurs as often as the reference to it.
      return choicesIn({ ...group, minOccurs: particle.minOccurs, maxOccurs }, table);
    }
    case "sequence":
      if (maxOccurs > 1 || particle.minOccurs === 0) return [];
      return term.particles.flatMap((each) => choicesIn(each, table));
    case "all":
    case "element":
    case "elementReference":
    case "wildcard":
      return [];
  }
}

/** Whether an element of the choice occurs elsewhere in the model. */
function standBeside(
  names: readonly string[],
  particle: Particle | undefined,
  choice: Particle,
  table: ComponentTable,
): boolean {
  const beside = besideChoice(particle, choice, table);
  return names.some((name) => beside.has(name));
}

function besideChoice(particle: Particle | undefined, choice: Particle, table: ComponentTable): ChildOccurrences {
  if (particle === undefined || particle === choice || particle.term === choice.term) return new Map();
  const { term } = particle;
  if (term.kind === "groupReference") return besideChoice(table.group(term.name)?.particle, choice, table);
  if (term.kind !== "sequence") return childOccurrences(particle, table);
  return new Map(term.particles.flatMap((each) => [...besideChoice(each, choice, table)]));
}
