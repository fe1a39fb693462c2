import type { ComponentSource } from "../model/components.ts";
import type { ValidationProblem } from "../problems/validation-problem.ts";
import type { ChangeKind } from "./compatibility-report.ts";

/** What a change does to one direction, as far as the schemas tell. `unknown`: documents must show it. */
export type Effect = "holds" | "breaks" | "unknown";

/** A difference as the comparison of the schemas finds it, before documents have confirmed it. */
export interface StructuralChange {
  readonly kind: ChangeKind;
  readonly path: string;
  readonly description: string;
  readonly backward: Effect;
  readonly forward: Effect;
  readonly old: ComponentSource | undefined;
  readonly new: ComponentSource | undefined;
  /** The value that came or went, for enumerations. */
  readonly value?: string;
}

/** Whether a problem that one side has with a document is about a change. Names count in the path, positions do not. */
export function isAbout(problem: ValidationProblem, { path, kind, value }: StructuralChange): boolean {
  if (value !== undefined && problem.found !== value) return false;
  const place = problem.path.replaceAll(/\[\d+\]/g, "");
  // A recursive type is compared where it first occurs.
  if (isSame(place, path)) return true;
  if (value !== undefined) return false;
  const { parent, name } = splitPath(path);
  if (isSame(place, parent) && (problem.expected?.includes(name) === true || mentions(problem.message, name)))
    return true;
  return ABOUT_CONTENT.has(kind) && isSame(splitPath(place).parent, path);
}

/** Whether a problem is about a part that has the name of the changed one, wherever it is: a type may be used in many places. */
export function isAboutNamesake(problem: ValidationProblem, { path, value }: StructuralChange): boolean {
  if (value !== undefined && problem.found !== value) return false;
  const { name } = splitPath(path);
  return splitPath(problem.path.replaceAll(/\[\d+\]/g, "")).name === name || problem.expected?.includes(name) === true;
}

/** Whether no document can show the change. */
export function isInvisible({ kind }: StructuralChange): boolean {
  return kind === "documentation-changed" || kind === "annotation-changed";
}

function isSame(a: string, b: string): boolean {
  return a === b || (a.split("/").length > 4 && lastSteps(a) === lastSteps(b));
}

function lastSteps(path: string): string {
  return path.split("/").slice(-2).join("/");
}

function splitPath(path: string): { readonly parent: string; readonly name: string } {
  const at = path.lastIndexOf("/");
  return { parent: path.slice(0, at), name: path.slice(at + 1).replace(/^@/, "") };
}

function mentions(message: string, name: string): boolean {
  return message.split(/[^\p{L}\p{N}_.-]+/u).includes(name);
}

/** Kinds whose problems are found at the children. */
const ABOUT_CONTENT: ReadonlySet<ChangeKind> = new Set([
  "order-changed",
  "content-changed",
  "type-changed",
  "wildcard-added",
  "wildcard-removed",
  "wildcard-changed",
  "identity-changed",
]);
