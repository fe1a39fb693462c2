import type { FilterLanguage } from "../filter/index.ts";
import type { Session } from "./command.ts";
import { readInput } from "./read-input.ts";

/** The options that give a filter, and say in which language. */
export interface FilterTexts {
  readonly xquery?: string;
  readonly xpath?: string;
  readonly xpath1?: string;
}

/** The one filter of a command: an option's, or the file's, which is XQuery. */
export async function readFilter(
  file: string | undefined,
  { xquery, xpath, xpath1 }: FilterTexts,
  { io }: Session,
): Promise<readonly [text: string, language: FilterLanguage]> {
  if (file !== undefined) return [new TextDecoder().decode(await readInput(file, io)), "xquery"];
  if (xpath1 !== undefined) return [xpath1, "xpath1"];
  return xpath === undefined ? [xquery ?? "", "xquery"] : [xpath, "xpath"];
}
