import { isXmlChar } from "../../../xml/index.ts";
import type { Atom, Branch, CharacterSet, RegularExpression } from "../../patterns/index.ts";
import type { Random } from "../random.ts";

/**
 * A text that matches a regular expression, of about the wished length in characters where the expression leaves a choice.
 *
 * @returns undefined when the expression needs a character that no document can have
 */
export function samplePattern(expression: RegularExpression, length: number, random: Random): string | undefined {
  const branches = expression.branches.filter((branch) => lengthsOf(branch).min <= length);
  const fitting = branches.filter((branch) => lengthsOf(branch).max >= length);
  const branch = random.pick(fitting) ?? random.pick(branches) ?? random.pick(expression.branches);
  return branch === undefined ? undefined : sampleBranch(branch, length, random);
}

/** Gives what the pieces need at least, and the rest of the length to some of them. */
function sampleBranch(branch: Branch, length: number, random: Random): string | undefined {
  let slack = Math.max(length - lengthsOf(branch).min, 0);
  const counts = new Map(branch.pieces.map((piece) => [piece, piece.min]));
  const growing = random.shuffle(branch.pieces.filter(({ min, max }) => max > min));
  for (const [index, piece] of growing.entries()) {
    const { min: shortest } = atomLengths(piece.atom);
    const most = Math.min(piece.max - piece.min, Math.floor(slack / Math.max(shortest, 1)));
    const more = index === growing.length - 1 ? most : random.between(0, most);
    counts.set(piece, piece.min + more);
    slack -= more * shortest;
  }
  let text = "";
  for (const { atom } of branch.pieces.flatMap((piece) => Array<typeof piece>(counts.get(piece)!).fill(piece))) {
    const { min, max } = atomLengths(atom);
    const more = random.between(0, Math.min(max - min, slack));
    slack -= more;
    const part =
      atom.kind === "character" ? sampleCharacter(atom.set, random) : samplePattern(atom, min + more, random);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

/**
 * A character of a set that a document can have: mostly a visible one of ASCII, so that people can read the sample, sometimes an
 * accented letter. Others only where the set has none of these: versions of Unicode differ in what is a letter or digit.
 */
function sampleCharacter(set: CharacterSet, random: Random): string | undefined {
  const [visible, accented] = [within(set, 0x21, 0x7e), within(set, 0xc0, 0x17f)];
  const isAccented = accented.length > 0 && (visible.length === 0 || random.chance(ACCENTED));
  const usual = isAccented ? accented : visible;
  const ranges = usual.length > 0 ? usual : within(set, 0x9, 0x10ffff);
  for (let attempt = 0; attempt < ATTEMPTS && ranges.length > 0; attempt++) {
    const range = random.below(ranges.length / 2) * 2;
    const codePoint = random.between(ranges[range]!, ranges[range + 1]!);
    if (isXmlChar(codePoint)) return String.fromCodePoint(codePoint);
  }
  return undefined;
}

function within(set: CharacterSet, first: number, last: number): readonly number[] {
  const ranges: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! <= last && set[i + 1]! >= first) ranges.push(Math.max(set[i]!, first), Math.min(set[i + 1]!, last));
  }
  return ranges;
}

interface Lengths {
  readonly min: number;
  readonly max: number;
}

const known = new WeakMap<Branch | RegularExpression, Lengths>();

function lengthsOf(part: Branch | RegularExpression): Lengths {
  let lengths = known.get(part);
  if (lengths === undefined) {
    lengths = "branches" in part ? ofAlternatives(part.branches.map(lengthsOf)) : ofSequence(part);
    known.set(part, lengths);
  }
  return lengths;
}

function atomLengths(atom: Atom): Lengths {
  return atom.kind === "character" ? ONE : lengthsOf(atom);
}

function ofAlternatives(all: readonly Lengths[]): Lengths {
  return { min: Math.min(...all.map(({ min }) => min)), max: Math.max(...all.map(({ max }) => max)) };
}

function ofSequence({ pieces }: Branch): Lengths {
  let [min, max] = [0, 0];
  for (const piece of pieces) {
    const lengths = atomLengths(piece.atom);
    min += piece.min * lengths.min;
    max += piece.max === 0 || lengths.max === 0 ? 0 : piece.max * lengths.max;
  }
  return { min, max };
}

const ONE: Lengths = { min: 1, max: 1 };

/** How often an accented letter is taken where there is one. */
const ACCENTED = 0.05;

/** Characters that are tried in a set with many that documents cannot have. */
const ATTEMPTS = 50;
