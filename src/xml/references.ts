import { isXmlChar, ALLOWED_CHARACTERS } from "./characters.ts";
import { quoted } from "./quoted.ts";
import { NUMBER_SIGN, SEMICOLON, type Scanner } from "./scanner.ts";

/** The entities that every document knows (XML 1.0, section 4.6). */
const PREDEFINED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["apos", "'"],
  ["quot", '"'],
]);

/**
 * Reads a reference (XML 1.0, section 4.1); the scanner stands at its `&` and is behind its `;` afterwards.
 *
 * @returns the character that the reference stands for
 */
export function readReference(scanner: Scanner): string {
  return scanner.text.charCodeAt(scanner.position + 1) === NUMBER_SIGN
    ? readCharacterReference(scanner)
    : readEntityReference(scanner);
}

function readEntityReference(scanner: Scanner): string {
  const start = scanner.position++;
  const name = scanner.readName();
  if (name === "") {
    throw scanner.error(start, `"&" is followed by ${scanner.found()}; write "&amp;" for the character itself`);
  }
  if (scanner.text.charCodeAt(scanner.position) !== SEMICOLON) {
    throw scanner.error(
      start,
      `the reference ${quoted(`&${name}`)} is followed by ${scanner.found()}; expected ";" (write "&amp;" for the character "&" itself)`,
    );
  }
  scanner.position++;
  const character = PREDEFINED_ENTITIES.get(name);
  if (character === undefined) {
    throw scanner.error(
      start,
      `the entity ${quoted(name)} is not declared; without DTD there are only &lt; &gt; &amp; &apos; &quot; and character references such as &#169;`,
    );
  }
  return character;
}

function readCharacterReference(scanner: Scanner): string {
  const start = scanner.position;
  const hexadecimal = scanner.text.startsWith("x", start + 2);
  const radix = hexadecimal ? 16 : 10;
  const digits = start + (hexadecimal ? 3 : 2);
  let at = digits;
  let codePoint = 0;
  for (;;) {
    const digit = digitValue(scanner.text.charCodeAt(at));
    if (digit >= radix) break;
    // Beyond Unicode the value stays beyond it; it must not grow into a number that cannot be compared.
    if (codePoint <= 0x10ffff) codePoint = codePoint * radix + digit;
    at++;
  }
  const written = scanner.text.slice(start, at);
  if (at === digits || scanner.text.charCodeAt(at) !== SEMICOLON) {
    throw scanner.error(
      start,
      `the character reference ${quoted(written)} is followed by ${scanner.found(at)}; expected ` +
        `${at === digits ? "" : '";" or '}${hexadecimal ? "hexadecimal" : "decimal"} digits`,
    );
  }
  if (!isXmlChar(codePoint)) {
    throw scanner.error(
      start,
      `${quoted(`${written};`)} stands for a character that XML forbids; ${ALLOWED_CHARACTERS}`,
    );
  }
  scanner.position = at + 1;
  return String.fromCodePoint(codePoint);
}

/** The value of a hexadecimal digit; 99 for everything else. */
function digitValue(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 99;
}
