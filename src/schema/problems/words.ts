import { onOneLine } from "../one-line.ts";

/** Code points of a value that a message shows. */
const MAX_SHOWN = 80;

/** Code points of a sentence of the engine that a message shows. */
const MAX_SENTENCE = 300;

/** Names that a message lists. */
const MAX_LISTED = 10;

/** A value as messages show it: on one line, cut when it is long. */
export function shorten(value: string): string {
  return cut(value, MAX_SHOWN);
}

/** A sentence of the engine, for want of a better one; it may contain a value. */
export function shortenSentence(sentence: string): string {
  return cut(sentence, MAX_SENTENCE);
}

/** {@link shorten} in quotation marks. */
export function quote(value: string): string {
  return `"${shorten(value)}"`;
}

/** `a`, `a and b`, `a, b and c`; after ten the number of the others. */
export function listAll(items: readonly string[]): string {
  if (items.length <= 1) return items.join("");
  if (items.length > MAX_LISTED) {
    return `${items.slice(0, MAX_LISTED).join(", ")} and ${items.length - MAX_LISTED} more`;
  }
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)!}`;
}

/** `a`, or `one of a, b, c`; after ten the number of the others. */
export function listOneOf(items: readonly string[]): string {
  if (items.length <= 1) return items.join("");
  const rest = items.length > MAX_LISTED ? ` and ${items.length - MAX_LISTED} more` : "";
  return `one of ${items.slice(0, MAX_LISTED).join(", ")}${rest}`;
}

/** ` (did you mean "Status"?)`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : ` (did you mean ${quote(suggestion)}?)`;
}

/** `the namespace "urn:x"`, or `no namespace`. */
export function nameNamespace(namespace: string): string {
  return namespace === "" ? "no namespace" : `the namespace ${quote(namespace)}`;
}

function cut(text: string, length: number): string {
  // Only the beginning is looked at: a value may have megabytes. A code point takes at most two units.
  const shown = [...text.slice(0, 2 * length + 2)];
  return onOneLine(shown.length > length ? `${shown.slice(0, length).join("")}…` : shown.join(""));
}
