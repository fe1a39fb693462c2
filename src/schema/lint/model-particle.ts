import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, Wildcard } from "../model/components.ts";
import { substitutesOf } from "../model/derivation.ts";

/**
 * A content model as the rules for restriction see it (XML Schema 1.0 part 1, section 3.9.6): references are followed, the head
 * of a substitution group is a choice of its members, and groups that change nothing are left out.
 */
export type ModelParticle = ModelElement | ModelWildcard | ModelGroup;

/** How often a particle may occur. */
export interface Occurrence {
  readonly min: number;
  readonly max: number;
}

/** A particle that is an element. */
export interface ModelElement extends Occurrence {
  readonly kind: "element";
  readonly declaration: ElementDeclaration;
  /** Whether the element stands for itself only, and not for the members of its substitution group. */
  readonly isAlone?: boolean;
}

/** A particle that is a wildcard. */
export interface ModelWildcard extends Occurrence {
  readonly kind: "wildcard";
  readonly wildcard: Wildcard;
}

/** A particle that is a group. */
export interface ModelGroup extends Occurrence {
  readonly kind: "all" | "choice" | "sequence";
  readonly particles: readonly ModelParticle[];
}

/** The content model of a particle; undefined when nothing can stand there. */
export function modelOf(particle: Particle | undefined, table: ComponentTable): ModelParticle | undefined {
  const model = particle === undefined ? undefined : expand(particle, table);
  const simple = model === undefined ? undefined : simplify(model, undefined);
  return simple === undefined || simple.length === 0 ? undefined : simple[0];
}

/** The element as a choice of all that may stand in its place; undefined when it is alone. */
export function substitutionChoice(element: ModelElement, table: ComponentTable): ModelGroup | undefined {
  if (element.isAlone === true) return undefined;
  const members = substitutesOf(element.declaration, table);
  if (members.length < 2) return undefined;
  const particles = members.map((declaration): ModelElement => ({
    kind: "element",
    declaration,
    min: 1,
    max: 1,
    isAlone: true,
  }));
  return { kind: "choice", particles, min: element.min, max: element.max };
}

/** Effective total range (sections 3.8.6 and 3.9.6): how many elements the particle stands for at least and at most. */
export function totalRange(particle: ModelParticle): Occurrence {
  const { min, max } = particle;
  if (particle.kind === "element" || particle.kind === "wildcard") return { min, max };
  const ranges = particle.particles.map(totalRange);
  if (ranges.length === 0) return { min: 0, max: 0 };
  const mins = ranges.map((each) => each.min);
  const maxs = ranges.map((each) => each.max);
  const isChoice = particle.kind === "choice";
  return {
    min: times(min, isChoice ? Math.min(...mins) : sum(mins)),
    max: times(max, isChoice ? Math.max(...maxs) : sum(maxs)),
  };
}

/** Whether the particle may stand for nothing at all (section 3.9.6, Particle Emptiable). */
export function isEmptiable(particle: ModelParticle): boolean {
  return totalRange(particle).min === 0;
}

function expand(particle: Particle, table: ComponentTable): ModelParticle | undefined {
  const { term, minOccurs: min, maxOccurs: max } = particle;
  if (max === 0) return undefined;
  switch (term.kind) {
    case "element":
      return { kind: "element", declaration: term, min, max };
    case "elementReference": {
      const declaration = table.element(term.name);
      return declaration === undefined ? undefined : { kind: "element", declaration, min, max };
    }
    case "wildcard":
      return { kind: "wildcard", wildcard: term, min, max };
    case "groupReference": {
      const group = table.group(term.name)?.particle;
      const model = group === undefined ? undefined : expand(group, table);
      return model === undefined ? undefined : { ...model, min, max };
    }
    case "all":
    case "choice":
    case "sequence":
      return { kind: term.kind, particles: term.particles.flatMap((each) => expand(each, table) ?? []), min, max };
  }
}

/** Leaves out what is pointless; what remains of a group may be several particles of the group around it. */
function simplify(particle: ModelParticle, around: ModelGroup["kind"] | undefined): readonly ModelParticle[] {
  if (particle.kind === "element" || particle.kind === "wildcard") return [particle];
  const { kind, min, max } = particle;
  const particles = particle.particles.flatMap((each) => simplify(each, kind));
  if (particles.length === 0 && (kind !== "choice" || min === 0)) return [];
  const isOnce = min === 1 && max === 1;
  if (isOnce && particles.length === 1) return particles;
  if (isOnce && kind === around && kind !== "all") return particles;
  return [{ kind, particles, min, max }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** The product, where nothing stays nothing however often it is repeated. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
