import type { TypeDefinition } from "../model/components.ts";
import { FIELD_LISTS } from "./annotation-rules.ts";
import type { AnnotatedField, Fields } from "./fields.ts";
import { fieldBelow, type FieldAtPath } from "./paths.ts";

/** The marked fields of an event type. */
export interface MarkedFields {
  /** In the order of the schema. */
  readonly fields: readonly FieldAtPath[];
  /** Whether the search ended before it had seen everything, see {@link MAX_VISITS}. */
  readonly isCut: boolean;
}

/** Fields that the search for marks looks at; types that use each other twice double with each level. */
export const MAX_VISITS = 10_000;

/** Levels below the event element that the search goes down. */
const MAX_LEVELS = 60;

/** The fields at any depth that an annotation of their own names. Types are not followed into themselves. */
export function markedFields(type: TypeDefinition, fields: Fields): MarkedFields {
  const leading = typesThatLeadToMarks(type, fields);
  const found: FieldAtPath[] = [];
  let visits = 0;
  const follow = (at: TypeDefinition, above: FieldAtPath | undefined, around: readonly TypeDefinition[]): void => {
    if (!leading.has(at) || around.includes(at) || around.length >= MAX_LEVELS) return;
    for (const field of fields.of(at)) {
      if (++visits > MAX_VISITS) return;
      const marked = fieldBelow(above, field);
      if (isMarked(field)) found.push(marked);
      follow(field.type, marked, [...around, at]);
    }
  };
  follow(type, undefined, []);
  return { fields: found, isCut: visits > MAX_VISITS };
}

/** The types at or below a type that have a marked field at some depth; all others need no search. */
function typesThatLeadToMarks(top: TypeDefinition, fields: Fields): ReadonlySet<TypeDefinition> {
  const users = new Map<TypeDefinition, TypeDefinition[]>([[top, []]]);
  const leading = new Set<TypeDefinition>();
  // Grows while it is gone through.
  for (const type of users.keys()) {
    for (const field of fields.of(type)) {
      if (isMarked(field)) leading.add(type);
      const known = users.get(field.type);
      if (known === undefined) users.set(field.type, [type]);
      else known.push(type);
    }
  }
  for (const type of leading) for (const user of users.get(type) ?? []) leading.add(user);
  return leading;
}

function isMarked({ annotations }: AnnotatedField): boolean {
  return FIELD_LISTS.some((list) => annotations[list] === true);
}
