import type { FilterPosition } from "./filter-error.ts";

/** The place of an offset in a text whose line ends are normalised. */
export function positionIn(text: string, offset: number): FilterPosition {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
