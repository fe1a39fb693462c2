/** A text of the filter as messages show it. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  return `"${line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN - 1)}…` : line}"`;
}

/** `a`, `a or b`, `a, b or c`; after some the number of the others. */
export function listOr(items: readonly string[]): string {
  if (items.length > MAX_LISTED) return `${items.slice(0, MAX_LISTED).join(", ")} or ${items.length - MAX_LISTED} more`;
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)!}`;
}

/** ` (did you mean e:Status?)`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : ` (did you mean ${suggestion}?)`;
}

const MAX_SHOWN = 60;
const MAX_LISTED = 8;
