/** UTF-16 code units of a foreign string that a message repeats. */
const MAX_SHOWN = 100;

/** A string out of a document for messages: in quotes, and cut when it is long. */
export function quoted(s: string): string {
  return `"${s.length > MAX_SHOWN ? `${s.slice(0, MAX_SHOWN)}…` : s}"`;
}
