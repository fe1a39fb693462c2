import type { Atom, RegularExpression } from "./ast.ts";
import type { CharacterSet } from "./character-set.ts";
import { parsePattern } from "./parse-pattern.ts";
import { PatternError } from "./pattern-error.ts";

/**
 * The pattern in a form that libxml2 reads as the specification does: it misreads classes from which a negative class is taken
 * away, and negative escapes within classes, and has the name characters of older editions of XML for `\i` and `\c`. What it would
 * misread is written as the characters it consists of.
 *
 * @returns the pattern itself when it has nothing of the kind, or is no regular expression
 */
export function plainPattern(pattern: string): string {
  if (!MISREAD.test(pattern)) return pattern;
  try {
    return writeExpression(parsePattern(pattern));
  } catch (error) {
    if (error instanceof PatternError) return pattern;
    throw error;
  }
}

/** `\i`, `\c`, or a class that holds another class or a negative escape; also what only looks like one. */
const MISREAD = /\\[icIC]|\[[^\]]*(?:-\[|\\[PSDW])/;

function writeExpression({ branches }: RegularExpression): string {
  return branches
    .map(({ pieces }) => pieces.map(({ atom, min, max }) => writeAtom(atom) + writeQuantifier(min, max)).join(""))
    .join("|");
}

function writeAtom(atom: Atom): string {
  if (atom.kind === "expression") return `(${writeExpression(atom)})`;
  return MISREAD.test(atom.text) ? writeClass(atom.set) : atom.text;
}

function writeQuantifier(min: number, max: number): string {
  if (min === 1 && max === 1) return "";
  return max === Infinity ? `{${min},}` : `{${min},${max}}`;
}

/** The ranges of the set, without what no XML document can hold. A class cannot be empty: then nothing matches. */
function writeClass(set: CharacterSet): string {
  const ranges: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    for (let j = 0; j < XML_CHARACTERS.length; j += 2) {
      const first = Math.max(set[i]!, XML_CHARACTERS[j]!);
      const last = Math.min(set[i + 1]!, XML_CHARACTERS[j + 1]!);
      if (first <= last) ranges.push(writeRange(first, last));
    }
  }
  return ranges.length === 0 ? "[^\\s\\S]" : `[${ranges.join("")}]`;
}

/** libxml2 misreads ranges with an escaped end: such ends are written beside the range. */
function writeRange(from: number, to: number): string {
  let [first, last] = [from, to];
  let beside = "";
  while (first <= last && isEscaped(first)) beside += writeCharacter(first++);
  while (first <= last && isEscaped(last)) beside += writeCharacter(last--);
  if (first > last) return beside;
  return beside + (first === last ? writeCharacter(first) : `${writeCharacter(first)}-${writeCharacter(last)}`);
}

function isEscaped(codePoint: number): boolean {
  return writeCharacter(codePoint).startsWith("\\");
}

function writeCharacter(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  const letter = CONTROL_ESCAPES[character];
  if (letter !== undefined) return letter;
  return "\\|.?*+(){}-[]^".includes(character) ? `\\${character}` : character;
}

const CONTROL_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** XML 1.0, production [2]. */
const XML_CHARACTERS: CharacterSet = [0x9, 0xa, 0xd, 0xd, 0x20, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff];
