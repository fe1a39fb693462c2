import type { TypeDefinition } from "../model/components.ts";
import { nearestName } from "../../nearest-name.ts";
import { splitAtWhiteSpace } from "../values/index.ts";
import type { AnnotatedField, Fields } from "./fields.ts";

/** A field and the way to it. */
export interface FieldAtPath {
  /** Local names from the event element down: `Status`, `User/Name`, `Device/@id`. */
  readonly path: string;
  readonly field: AnnotatedField;
  /** Whether there may be more than one, because it or an element around it may occur more than once. */
  readonly repeats: boolean;
  /** Whether it or an element around it says so itself. */
  readonly isSensitive: boolean;
}

/** The field one step further down. */
export function fieldBelow(above: FieldAtPath | undefined, field: AnnotatedField): FieldAtPath {
  return {
    path: above === undefined ? field.step : `${above.path}/${field.step}`,
    field,
    repeats: field.repeats || above?.repeats === true,
    isSensitive: field.annotations.sensitive === true || above?.isSensitive === true,
  };
}

/** The paths in an annotation, which white space separates. */
export function pathsIn(text: string): readonly string[] {
  return splitAtWhiteSpace(text);
}

/**
 * The field that a path leads to.
 *
 * @param type of the event element
 * @returns a sentence when there is none: `there is no field "Statsu" (did you mean "Status"?)`
 */
export function fieldAt(path: string, type: TypeDefinition, fields: Fields): FieldAtPath | string {
  let at = type;
  let found: FieldAtPath | undefined;
  for (const step of path.split("/")) {
    const candidates = fields.of(at);
    const field = candidates.find((each) => each.step === step);
    if (field === undefined) {
      return noSuchField(
        path,
        found?.path,
        step,
        candidates.map((each) => each.step),
      );
    }
    found = fieldBelow(found, field);
    at = field.type;
  }
  return found ?? noSuchField(path, undefined, path, []);
}

function noSuchField(path: string, parent: string | undefined, step: string, candidates: readonly string[]): string {
  const nearest = nearestName(step, candidates);
  const suggestion = nearest === undefined ? "" : ` (did you mean "${join(parent, nearest)}"?)`;
  return `there is no field ${JSON.stringify(path)}${suggestion}; expected a path such as "Status" or "Device/@id"`;
}

function join(parent: string | undefined, step: string): string {
  return parent === undefined ? step : `${parent}/${step}`;
}
