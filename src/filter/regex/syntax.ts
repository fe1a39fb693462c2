/** A regular expression (Functions and Operators 3.1, section 5.6.1), parsed. */
export type Regex =
  /** One character of a set. */
  | { readonly kind: "set"; readonly matches: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly Regex[] }
  | { readonly kind: "choice"; readonly branches: readonly Regex[] }
  | {
      readonly kind: "repeat";
      readonly part: Regex;
      readonly min: number;
      /** Infinity without bound. */
      readonly max: number;
      readonly isGreedy: boolean;
    }
  /** Groups count from 1; undefined for `(?:…)`. */
  | { readonly kind: "group"; readonly number: number | undefined; readonly part: Regex }
  /** `^` and `$`; with the flag `m` at the ends of lines, too. */
  | { readonly kind: "edge"; readonly isStart: boolean; readonly ofLine: boolean };

/** Whether a code point belongs to a set. */
export type CharacterSet = (codePoint: number) => boolean;

/** Flags of a regular expression (section 5.6.2). */
export interface RegexFlags {
  /** `s`: `.` matches line ends, too. */
  readonly dotMatchesAll: boolean;
  /** `m`. */
  readonly multiLine: boolean;
  /** `i`. */
  readonly ignoreCase: boolean;
  /** `x`. */
  readonly ignoreWhiteSpace: boolean;
  /** `q`: every character stands for itself. */
  readonly isLiteral: boolean;
}
