import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, Term } from "../model/components.ts";
import { substitutesOf } from "../model/derivation.ts";

/** An element as a content model has it, all its places taken together. */
export interface ContentField {
  readonly declaration: ElementDeclaration;
  /** What may stand in its place, itself not among them. */
  readonly substitutes: readonly ElementDeclaration[];
  /** How often it must occur: 0 for what stands in a choice. */
  readonly min: number;
  readonly max: number;
}

/** The elements that a content model names, by name in Clark notation, in the order of the schema. */
export function fieldsOf(particle: Particle | undefined, table: ComponentTable): ReadonlyMap<string, ContentField> {
  const fields = new Map<string, ContentField>();
  const visit = ({ minOccurs, maxOccurs, term }: Particle, min: number, max: number): void => {
    const [least, most] = [min * minOccurs, maxOccurs === 0 ? 0 : max * maxOccurs];
    if (most === 0) return;
    const declaration = declarationOf(term, table);
    if (declaration !== undefined) {
      const key = String(declaration.name);
      const earlier = fields.get(key);
      const substitutes = substitutesOf(declaration, table).filter((each) => each !== declaration);
      const [before, after] = [earlier?.min ?? 0, earlier?.max ?? 0];
      fields.set(key, { declaration, substitutes, min: before + least, max: after + most });
    } else if (term.kind === "groupReference") {
      const group = table.group(term.name)?.particle;
      if (group !== undefined) visit(group, least, most);
    } else if ("particles" in term) {
      const inner = term.kind === "choice" && term.particles.length > 1 ? 0 : least;
      for (const each of term.particles) visit(each, inner, most);
    }
  };
  if (particle !== undefined) visit(particle, 1, 1);
  return fields;
}

/**
 * A content model as text: what is in it, in which groups.
 *
 * @param keep the elements that are written, by name in Clark notation
 * @param withOccurrence whether it says how often each part may occur
 */
export function skeletonOf(
  particle: Particle | undefined,
  table: ComponentTable,
  keep: (name: string) => boolean,
  withOccurrence: boolean,
): string {
  if (particle === undefined) return "";
  const { minOccurs, maxOccurs, term } = particle;
  const inner = termSkeleton(term, table, keep, withOccurrence);
  if (inner === "" || !withOccurrence || (minOccurs === 1 && maxOccurs === 1)) return inner;
  return `${inner}{${minOccurs},${maxOccurs}}`;
}

function termSkeleton(
  term: Term,
  table: ComponentTable,
  keep: (name: string) => boolean,
  withOccurrence: boolean,
): string {
  switch (term.kind) {
    case "element":
    case "elementReference":
      return keep(String(term.name)) ? String(term.name) : "";
    case "groupReference":
      return skeletonOf(table.group(term.name)?.particle, table, keep, withOccurrence);
    case "wildcard":
      return withOccurrence ? `any(${term.namespaces} ${term.processContents})` : "";
    case "all":
    case "choice":
    case "sequence": {
      const parts = term.particles
        .map((each) => skeletonOf(each, table, keep, withOccurrence))
        .filter((each) => each !== "");
      const [only] = parts;
      if (parts.length <= 1) return only ?? "";
      return `${term.kind}(${(term.kind === "sequence" ? parts : parts.toSorted()).join(" ")})`;
    }
  }
}

/** The wildcards of a content model as text, sorted. */
export function wildcardsOf(particle: Particle | undefined, table: ComponentTable): readonly string[] {
  if (particle === undefined) return [];
  const { term, minOccurs, maxOccurs } = particle;
  if (term.kind === "wildcard") return [`${term.namespaces} ${term.processContents} ${minOccurs} ${maxOccurs}`];
  if (term.kind === "groupReference") return wildcardsOf(table.group(term.name)?.particle, table);
  return "particles" in term ? term.particles.flatMap((each) => wildcardsOf(each, table)).toSorted() : [];
}

function declarationOf(term: Term, table: ComponentTable): ElementDeclaration | undefined {
  if (term.kind === "element") return term;
  return term.kind === "elementReference" ? table.element(term.name) : undefined;
}
