/** The text as messages show it: line ends and control characters are written as escapes. */
export function onOneLine(text: string): string {
  return text.replaceAll(
    NOT_ON_A_LINE,
    (character) => ESCAPES[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

const NOT_ON_A_LINE = /[\p{Cc}\u2028\u2029]/gu;
const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
