import { XqbusError } from "../../errors.ts";
import { compileFilter, FilterError } from "../../filter/index.ts";
import type { WorkflowProblem } from "./workflow-problem.ts";

/** The text that a definition was read from. */
export interface DefinitionText {
  readonly text: string;
  /** The line of the statement that defines each of these, from 1. */
  readonly linesOf: (paths: readonly (readonly string[])[]) => readonly (number | undefined)[];
}

/** Whether a query compiles; if not, why, with the place in the text of the definition where it stands there as it is. */
export function checkQuery(
  path: readonly string[],
  xquery: string,
  text: DefinitionText | undefined,
): readonly WorkflowProblem[] {
  try {
    compileFilter(xquery);
    return [];
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    const place = error instanceof FilterError ? placeOf(error, path, xquery, text) : undefined;
    if (place === undefined || !(error instanceof FilterError)) return [{ path, message: error.message }];
    return [{ path, message: `${error.code}: ${error.reason}`, ...place }];
  }
}

function placeOf(
  { line, column }: FilterError,
  path: readonly string[],
  xquery: string,
  text: DefinitionText | undefined,
): { readonly line: number; readonly column: number } | undefined {
  const statement = text?.linesOf([path])[0];
  if (text === undefined || statement === undefined || line === undefined || column === undefined) return undefined;
  const from = lineStart(text.text, statement);
  // Not there where it was written with escapes.
  const begin = text.text.indexOf(xquery, from);
  if (begin < 0) return undefined;
  const before = text.text.slice(0, begin).split("\n");
  const first = before.at(-1)?.length ?? 0;
  return { line: before.length + line - 1, column: line === 1 ? first + column : column };
}

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count++) at = text.indexOf("\n", at) + 1;
  return at;
}
