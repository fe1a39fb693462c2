import type { Branch, Piece, RegularExpression } from "./ast.ts";
import { union, type CharacterSet } from "./character-set.ts";
import { PatternError } from "./pattern-error.ts";
import { resolvePatternLimits, type PatternLimits } from "./pattern-limits.ts";

/**
 * The automaton of Glushkov: its states are the places of a pattern where a character is matched, counted repetitions written
 * out, and the state before the first character.
 */
export interface PositionAutomaton {
  /** What each position matches. */
  readonly sets: readonly CharacterSet[];
  /** The positions that may come first. */
  readonly first: ReadonlySet<number>;
  /** The positions that may come behind each position. */
  readonly follow: readonly ReadonlySet<number>[];
  /** The positions with which a match may end. */
  readonly last: ReadonlySet<number>;
  /** Whether the empty string matches. */
  readonly isNullable: boolean;
}

/**
 * Builds the automaton of a pattern.
 *
 * @param pattern the text, for the error
 * @throws PatternError `xqbus:limit-exceeded` when it has too many positions or transitions
 */
export function positionAutomaton(
  expression: RegularExpression,
  pattern: string,
  limits?: Partial<PatternLimits>,
): PositionAutomaton {
  return new AutomatonBuilder(pattern, resolvePatternLimits(limits)).build(expression);
}

/** A part of the pattern, already in the automaton. */
interface Fragment {
  readonly isNullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const EMPTY: Fragment = { isNullable: true, first: [], last: [] };

class AutomatonBuilder {
  readonly #pattern: string;
  readonly #limits: PatternLimits;
  readonly #sets: CharacterSet[] = [];
  readonly #follow: Set<number>[] = [];
  #transitions = 0;

  constructor(pattern: string, limits: PatternLimits) {
    this.#pattern = pattern;
    this.#limits = limits;
  }

  build(expression: RegularExpression): PositionAutomaton {
    const { isNullable, first, last } = this.#expression(expression);
    return { sets: this.#sets, follow: this.#follow, first: new Set(first), last: new Set(last), isNullable };
  }

  #expression({ branches }: RegularExpression): Fragment {
    // Alternatives of one character each are one set: (a|b|\d) is as good as [ab\d], and never ambiguous.
    const sets = branches.flatMap(singleSet);
    const others = branches.filter((branch) => singleSet(branch).length === 0);
    const fragments = others.map((branch) => this.#branch(branch));
    if (sets.length > 0) fragments.push(this.#position(union(sets)));
    return {
      isNullable: fragments.some((each) => each.isNullable),
      first: fragments.flatMap((each) => each.first),
      last: fragments.flatMap((each) => each.last),
    };
  }

  #branch({ pieces }: Branch): Fragment {
    return pieces.reduce((before, piece) => this.#inSequence(before, this.#piece(piece)), EMPTY);
  }

  #piece({ atom, min, max }: Piece): Fragment {
    if (max === 0) return EMPTY;
    const copy = (): Fragment => (atom.kind === "character" ? this.#position(atom.set) : this.#expression(atom));
    let whole = copy();
    const { isNullable } = whole;
    // Repetitions of what may be empty: the empty ones are left out, so that each of the others is optional.
    const needed = isNullable ? 0 : min;
    whole = { ...whole, isNullable: needed === 0 };
    let latest = whole;
    const copies = max === Infinity ? Math.max(needed, 1) : max;
    for (let count = 2; count <= copies; count++) {
      const next = copy();
      this.#connect(latest.last, next.first);
      const isOptional = count > needed;
      whole = { ...whole, last: isOptional ? [...whole.last, ...next.last] : next.last };
      latest = next;
      if (next.first.length === 0) break;
    }
    if (max === Infinity) this.#connect(latest.last, latest.first);
    return whole;
  }

  #inSequence(before: Fragment, after: Fragment): Fragment {
    this.#connect(before.last, after.first);
    return {
      isNullable: before.isNullable && after.isNullable,
      first: before.isNullable ? [...before.first, ...after.first] : before.first,
      last: after.isNullable ? [...before.last, ...after.last] : after.last,
    };
  }

  #position(set: CharacterSet): Fragment {
    const position = this.#sets.length;
    const { maxPositions } = this.#limits;
    if (position >= maxPositions) {
      throw this.#tooMuch(`it has more than ${maxPositions} positions once repetitions are written out (maxPositions)`);
    }
    this.#sets.push(set);
    this.#follow.push(new Set());
    return { isNullable: false, first: [position], last: [position] };
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    const { maxTransitions } = this.#limits;
    for (const position of from) {
      const follow = this.#follow[position]!;
      const before = follow.size;
      for (const next of to) follow.add(next);
      this.#transitions += follow.size - before;
      if (this.#transitions > maxTransitions) {
        throw this.#tooMuch(`it has more than ${maxTransitions} ways from one position to the next (maxTransitions)`);
      }
    }
  }

  #tooMuch(reason: string): PatternError {
    return new PatternError(
      this.#pattern,
      0,
      `${reason}; write it with fewer or smaller repetitions`,
      "xqbus:limit-exceeded",
    );
  }
}

function singleSet({ pieces }: Branch): readonly CharacterSet[] {
  const [piece] = pieces;
  const isSingle = pieces.length === 1 && piece?.atom.kind === "character" && piece.min === 1 && piece.max === 1;
  return isSingle && piece.atom.kind === "character" ? [piece.atom.set] : [];
}
