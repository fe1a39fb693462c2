import type { FilterProblem } from "../filter/index.ts";
import { inCommandWords } from "./command-words.ts";
import { visibleText } from "./visible-text.ts";

/** What a problem of a filter has in common with an error in its syntax. */
export type ShownProblem = Pick<FilterProblem, "message" | "line" | "column" | "excerpt"> & { readonly code: string };

/** A problem in one line: `line 1, column 24: PhoneStatus has no child Statsu (did you mean e:Status?)`. */
export function problemLine({ line, column, message }: ShownProblem): string {
  return visibleText(`line ${line}, column ${column}: ${inCommandWords(message).replace(/\s*\n\s*/g, " ")}`);
}

/** The line of the filter with a caret below the place, moved to the right. */
export function excerptLines({ excerpt }: ShownProblem): readonly string[] {
  return visibleText(excerpt.replaceAll("\t", " "))
    .split("\n")
    .map((line) => `    ${line}`);
}
