/** UTF-16 code units of a foreign string that a message repeats. */
const MAX_SHOWN = 100;

/** A string out of a document for messages: in quotes, cut when it is long, and on one line. */
export function quoted(s: string): string {
  const shown = s.length > MAX_SHOWN ? `${s.slice(0, MAX_SHOWN)}…` : s;
  return `"${shown.replace(NOT_ON_A_LINE, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`)}"`;
}

const NOT_ON_A_LINE = /[\p{Cc}\u2028\u2029]/gu;
