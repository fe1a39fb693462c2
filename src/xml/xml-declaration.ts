import { quoted } from "./quoted.ts";
import { APOSTROPHE, QUOTATION_MARK, type Scanner } from "./scanner.ts";

/** The encoding that an XML declaration names. */
export interface DeclaredEncoding {
  /** As written. */
  readonly name: string;
  readonly offset: number;
}

/**
 * Reads the XML declaration (XML 1.0, production [23]) if the text begins with one, and goes behind it:
 * `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`. Version 1.x is read as 1.0 (section 2.8, Fifth Edition).
 *
 * @returns what it says about the encoding, if anything
 */
export function readXmlDeclaration(scanner: Scanner): DeclaredEncoding | undefined {
  if (!scanner.skip("<?xml")) return undefined;
  const begins = scanner.skipWhiteSpace();
  // The white space belongs to the first pseudo-attribute; without it this is a processing instruction, <?xml-… or a wrong one.
  scanner.position = begins ? "<?xml".length : 0;
  if (!begins) return undefined;
  const version = readPseudoAttribute(scanner, "version");
  if (version === undefined) {
    throw scanner.error(scanner.position, `the XML declaration has no version here; expected version="1.0"`);
  }
  if (!/^1\.[0-9]+$/.test(version.value)) {
    throw scanner.error(version.offset, `the XML version is ${quoted(version.value)}; expected "1.0"`);
  }
  const encoding = readPseudoAttribute(scanner, "encoding");
  if (encoding !== undefined && !/^[A-Za-z][A-Za-z0-9._-]*$/.test(encoding.value)) {
    throw scanner.error(
      encoding.offset,
      `${quoted(encoding.value)} is not the name of an encoding; expected one such as "UTF-8"`,
    );
  }
  const standalone = readPseudoAttribute(scanner, "standalone");
  if (standalone !== undefined && standalone.value !== "yes" && standalone.value !== "no") {
    throw scanner.error(standalone.offset, `standalone is ${quoted(standalone.value)}; expected "yes" or "no"`);
  }
  scanner.skipWhiteSpace();
  if (!scanner.skip("?>")) {
    throw scanner.error(
      scanner.position,
      `the XML declaration has ${scanner.found()} here; expected "?>" (version, encoding and standalone come in this order, once each)`,
    );
  }
  return encoding && { name: encoding.value, offset: encoding.offset };
}

interface PseudoAttribute {
  readonly value: string;
  /** Of the value, behind the quote. */
  readonly offset: number;
}

/** Reads white space, the name, `=` and a quoted value; undefined, and nothing read, when another name comes next. */
function readPseudoAttribute(scanner: Scanner, name: string): PseudoAttribute | undefined {
  const start = scanner.position;
  if (!scanner.skipWhiteSpace() || !scanner.skip(name)) {
    scanner.position = start;
    return undefined;
  }
  scanner.skipWhiteSpace();
  if (!scanner.skip("=")) {
    throw scanner.error(
      scanner.position,
      `${scanner.found()} behind ${quoted(name)} in the XML declaration; expected "="`,
    );
  }
  scanner.skipWhiteSpace();
  const { text } = scanner;
  const offset = scanner.position + 1;
  const quote = text.charCodeAt(offset - 1);
  if (quote !== QUOTATION_MARK && quote !== APOSTROPHE) {
    throw scanner.error(
      offset - 1,
      `the value of ${quoted(name)} begins with ${scanner.found()}; expected a quoted value`,
    );
  }
  const end = text.indexOf(String.fromCharCode(quote), offset);
  if (end < 0 || end - offset > MAX_VALUE_LENGTH) {
    throw scanner.error(offset - 1, `the value of ${quoted(name)} in the XML declaration has no closing quote`);
  }
  scanner.position = end + 1;
  return { value: text.slice(offset, end), offset };
}

/** UTF-16 code units; no version or encoding has a longer name, and a value goes into the message as it is. */
const MAX_VALUE_LENGTH = 100;
