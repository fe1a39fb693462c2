/** A part of a text that is replaced. Offsets in UTF-16 code units; the end is exclusive. */
export interface TextEdit {
  readonly offset: number;
  readonly endOffset: number;
  readonly text: string;
}

/** Replaces parts of a text that do not overlap. Every replacement is filled up with line ends, so that the lines behind it keep their numbers. */
export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let result = "";
  let position = 0;
  for (const { offset, endOffset, text } of edits.toSorted((a, b) => a.offset - b.offset)) {
    const lost = countLines(source.slice(offset, endOffset)) - countLines(text);
    result += source.slice(position, offset) + text + "\n".repeat(Math.max(lost, 0));
    position = endOffset;
  }
  return result + source.slice(position);
}

function countLines(text: string): number {
  return text.split("\n").length;
}
