import type { CharacterSet } from "./character-set.ts";

/**
 * The syntax tree of a regular expression of XML Schema 1.0 (part 2, appendix F): alternatives, each a sequence of pieces.
 * A regular expression matches a whole value, never a part of it.
 */
export interface RegularExpression {
  readonly kind: "expression";
  /** At least one; a branch without pieces matches the empty string. */
  readonly branches: readonly Branch[];
}

/** One alternative: its pieces match one after the other. */
export interface Branch {
  readonly pieces: readonly Piece[];
}

/** An atom with its quantifier. */
export interface Piece {
  readonly atom: Atom;
  readonly min: number;
  /** Infinity for `*`, `+` and `{n,}`. */
  readonly max: number;
}

/** What a quantifier repeats: one character out of a set, or an expression in parentheses. */
export type Atom = CharacterAtom | RegularExpression;

/** One character: written as itself, as an escape such as `\d`, or as a class such as `[a-z-[aeiou]]`. */
export interface CharacterAtom {
  readonly kind: "character";
  readonly set: CharacterSet;
  /** As written. */
  readonly text: string;
}
