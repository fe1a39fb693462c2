/**
 * A text of a message in the characters that header fields and environment variables may have: all others, `"` and `%`, as
 * percent-encoded UTF-8 (RFC 3986, section 2.1). The ids of events are such texts nearly always, and stay as they are.
 */
export function printable(text: string): string {
  return text.replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
