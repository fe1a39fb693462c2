import type { FilterPosition } from "./filter-error.ts";

/** The line of a query and a caret below a place in it. */
export function excerptOf(query: string, { line, column }: FilterPosition): string {
  const text = query.split(/\r\n|\r|\n/)[line - 1] ?? "";
  return `${text}\n${text.slice(0, column - 1).replace(/[^\t]/g, " ")}^`;
}
