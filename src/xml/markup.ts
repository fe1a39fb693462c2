import { ALLOWED, isNCName, runEnd } from "./characters.ts";
import { quoted } from "./quoted.ts";
import type { Scanner } from "./scanner.ts";

/**
 * Reads a comment (XML 1.0, section 2.5); the scanner stands at its `<!--` and is behind its `-->` afterwards.
 *
 * @returns what is between them
 */
export function readComment(scanner: Scanner): string {
  const start = scanner.position;
  const from = start + "<!--".length;
  const hyphens = scanner.text.indexOf("--", from);
  if (hyphens < 0) throw scanner.error(start, `a comment begins here and does not end; expected "-->"`);
  assertAllowed(scanner, from, hyphens);
  scanner.position = hyphens + 2;
  if (!scanner.skip(">")) {
    throw scanner.error(
      hyphens,
      `"--" inside a comment is followed by ${scanner.found()}; expected ">" (the end of the comment)`,
    );
  }
  return scanner.text.slice(from, hyphens);
}

/**
 * Reads a CDATA section (XML 1.0, section 2.7); the scanner stands at its `<![CDATA[` and is behind its `]]>` afterwards.
 *
 * @returns what is between them
 */
export function readCDataSection(scanner: Scanner): string {
  const start = scanner.position;
  const from = start + "<![CDATA[".length;
  const end = scanner.text.indexOf("]]>", from);
  if (end < 0) throw scanner.error(start, `a CDATA section begins here and does not end; expected "]]>"`);
  assertAllowed(scanner, from, end);
  scanner.position = end + "]]>".length;
  return scanner.text.slice(from, end);
}

/** Target and data of a processing instruction. */
export interface Instruction {
  readonly target: string;
  readonly data: string;
}

/** Reads a processing instruction (XML 1.0, section 2.6); the scanner stands at its `<?` and is behind its `?>` afterwards. */
export function readProcessingInstruction(scanner: Scanner): Instruction {
  const start = scanner.position;
  scanner.position = start + "<?".length;
  const target = scanner.readName();
  if (target === "") {
    throw scanner.error(
      start,
      `"<?" is followed by ${scanner.found()}; expected the target of a processing instruction`,
    );
  }
  if (target.toLowerCase() === "xml") {
    throw scanner.error(
      start,
      `${quoted(`<?${target}`)} is reserved; expected another target, or "<?xml" and white space at the very beginning of the document`,
    );
  }
  if (!isNCName(target)) {
    throw scanner.error(
      start,
      `the processing instruction target ${quoted(target)} has a colon; expected a name without`,
    );
  }
  const spaced = scanner.skipWhiteSpace();
  const from = scanner.position;
  const end = scanner.text.indexOf("?>", from);
  if (end < 0) throw scanner.error(start, `the processing instruction ${quoted(target)} does not end; expected "?>"`);
  if (!spaced && end > from) {
    throw scanner.error(
      from,
      `the processing instruction target ${quoted(target)} is followed by ${scanner.found()}; expected white space or "?>"`,
    );
  }
  assertAllowed(scanner, from, end);
  scanner.position = end + "?>".length;
  return { target, data: scanner.text.slice(from, end) };
}

function assertAllowed(scanner: Scanner, from: number, end: number): void {
  const at = runEnd(scanner.text, from, end, ALLOWED);
  if (at < end) throw scanner.characterError(at);
}
