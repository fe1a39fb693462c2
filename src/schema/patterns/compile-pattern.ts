import { contains } from "./character-set.ts";
import { parsePattern } from "./parse-pattern.ts";
import type { PatternLimits } from "./pattern-limits.ts";
import { positionAutomaton, type PositionAutomaton } from "./position-automaton.ts";

/** A pattern ready to match. */
export interface CompiledPattern {
  /** Whether the whole string matches; the time is linear in its length. */
  matches(text: string): boolean;
}

/**
 * Compiles a regular expression of XML Schema 1.0 (part 2, appendix F) into a matcher that never goes back: it follows all
 * ways through the pattern at once and remembers the sets of positions it has been in.
 *
 * @throws PatternError as {@link parsePattern} and {@link positionAutomaton} do
 */
export function compilePattern(pattern: string, limits?: Partial<PatternLimits>): CompiledPattern {
  return new LazyMatcher(positionAutomaton(parsePattern(pattern, limits), pattern, limits));
}

/** A set of positions of which one was matched last, as a state of a deterministic automaton. */
interface State {
  readonly positions: readonly number[];
  readonly isFinal: boolean;
  /** The next state by code point, as far as it was needed before. */
  readonly next: Map<number, State>;
}

class LazyMatcher implements CompiledPattern {
  readonly #automaton: PositionAutomaton;
  readonly #states = new Map<string, State>();
  readonly #start: State;
  #remembered = 0;

  constructor(automaton: PositionAutomaton) {
    this.#automaton = automaton;
    this.#start = { positions: [], isFinal: automaton.isNullable, next: new Map() };
  }

  matches(text: string): boolean {
    let state = this.#start;
    for (let at = 0; at < text.length;) {
      const codePoint = text.codePointAt(at)!;
      at += codePoint > 0xffff ? 2 : 1;
      state = state.next.get(codePoint) ?? this.#advance(state, codePoint);
      if (state.positions.length === 0) return false;
    }
    return state.isFinal;
  }

  #advance(from: State, codePoint: number): State {
    const { first, follow, sets, last } = this.#automaton;
    const reached = new Set<number>();
    for (const candidates of from === this.#start ? [first] : from.positions.map((each) => follow[each]!)) {
      for (const each of candidates) if (contains(sets[each]!, codePoint)) reached.add(each);
    }
    const positions = [...reached].sort((a, b) => a - b);
    const key = positions.join();
    this.#remembered += 1 + positions.length;
    if (this.#remembered > MAX_REMEMBERED) this.#forget();
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { positions, isFinal: positions.some((each) => last.has(each)), next: new Map() };
      this.#states.set(key, state);
    }
    from.next.set(codePoint, state);
    return state;
  }

  #forget(): void {
    this.#states.clear();
    this.#start.next.clear();
    this.#remembered = 0;
  }
}

/** Positions and transitions that a matcher remembers; then it begins afresh. */
const MAX_REMEMBERED = 50_000;
