/** Code points of a value that a message shows. */
const MAX_SHOWN = 80;

/** Names that a message lists. */
const MAX_LISTED = 10;

/** A value as messages show it: on one line, cut when it is long. */
export function shorten(value: string): string {
  // Only the beginning is looked at: a value may have megabytes. A code point takes at most two units.
  const shown = [...value.slice(0, 2 * MAX_SHOWN + 2)];
  const text = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN).join("")}…` : shown.join("");
  return text.replaceAll(
    NOT_ON_A_LINE,
    (character) => ESCAPES[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
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

const NOT_ON_A_LINE = /[\p{Cc}\u2028\u2029]/gu;
const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
