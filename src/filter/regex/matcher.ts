import type { Budget } from "../evaluate/budget.ts";
import { parseFlags, parseRegex } from "./parse-regex.ts";
import { compileProgram, type Instruction } from "./program.ts";

/** A match: where it begins and ends in code points, and its groups; undefined for a group that took no part. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** From group 1 on. */
  readonly groups: readonly ({ readonly start: number; readonly end: number } | undefined)[];
}

/** The state of one way through the automaton. */
interface Thread {
  readonly at: number;
  readonly saved: readonly number[];
}

/**
 * A compiled regular expression. It runs on an automaton: the time is at most the length of the text times the size of the
 * expression, whatever the two are.
 */
export class RegexMatcher {
  readonly #instructions: readonly Instruction[];
  readonly #start: number;
  readonly #groups: number;
  /** For each group the one it stands in; 0 for none. */
  readonly parents: readonly number[];

  private constructor(instructions: readonly Instruction[], start: number, parents: readonly number[]) {
    this.#instructions = instructions;
    this.#start = start;
    this.#groups = parents.length;
    this.parents = parents;
  }

  /** @throws QueryError FORX0001, FORX0002; UnsupportedError for back-references */
  static compile(pattern: string, flags: string): RegexMatcher {
    const { regex, parents } = parseRegex(pattern, parseFlags(flags));
    const { instructions, start } = compileProgram(regex);
    return new RegexMatcher(instructions, start, parents);
  }

  /** Number of groups. */
  get groups(): number {
    return this.#groups;
  }

  /** The first match at or behind a place; of several that begin there the one that the quantifiers prefer. */
  find(text: readonly number[], from: number, budget: Budget): Match | undefined {
    let threads: Thread[] = [];
    let best: Thread | undefined;
    let bestEnd = 0;
    for (let place = from; place <= text.length; place++) {
      const seen = new Uint8Array(this.#instructions.length);
      const current: Thread[] = [];
      for (const thread of threads) this.#follow(thread, text, place, seen, current);
      // As long as nothing has matched, a match may also begin here.
      if (best === undefined) this.#follow({ at: this.#start, saved: [place] }, text, place, seen, current);
      budget.step(1 + (current.length >> 3));
      const next: Thread[] = [];
      for (const { at, saved } of current) {
        const instruction = this.#instructions[at]!;
        if (instruction.kind === "match") {
          best = { at, saved };
          bestEnd = place;
          // What comes behind this thread is less preferred.
          break;
        }
        if (instruction.kind === "set" && place < text.length && instruction.matches(text[place]!)) {
          next.push({ at: instruction.next, saved });
        }
      }
      threads = next;
      if (threads.length === 0 && best !== undefined) break;
    }
    return best === undefined ? undefined : this.#matchOf(best, bestEnd);
  }

  /** Whether there is a match anywhere. */
  test(text: readonly number[], budget: Budget): boolean {
    return this.find(text, 0, budget) !== undefined;
  }

  /** Follows everything that takes no character, the preferred way first. */
  #follow(first: Thread, text: readonly number[], place: number, seen: Uint8Array, into: Thread[]): void {
    const pending = [first];
    for (let thread = pending.pop(); thread !== undefined; thread = pending.pop()) {
      const { at, saved } = thread;
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const instruction = this.#instructions[at]!;
      switch (instruction.kind) {
        case "split":
          pending.push({ at: instruction.other, saved }, { at: instruction.next, saved });
          break;
        case "save": {
          const copy = [...saved];
          copy[instruction.slot] = place;
          pending.push({ at: instruction.next, saved: copy });
          break;
        }
        case "edge":
          if (isEdge(instruction, text, place)) pending.push({ at: instruction.next, saved });
          break;
        case "match":
        case "set":
          into.push(thread);
          break;
      }
    }
  }

  #matchOf({ saved }: Thread, end: number): Match {
    const groups: ({ start: number; end: number } | undefined)[] = [];
    for (let group = 1; group <= this.#groups; group++) {
      const [start, last] = [saved[group * 2], saved[group * 2 + 1]];
      groups.push(start === undefined || last === undefined || last < start ? undefined : { start, end: last });
    }
    return { start: saved[0]!, end, groups };
  }
}

function isEdge(
  { isStart, ofLine }: Extract<Instruction, { readonly kind: "edge" }>,
  text: readonly number[],
  place: number,
): boolean {
  if (isStart) return place === 0 || (ofLine && text[place - 1] === 10 && place < text.length);
  return place === text.length || (ofLine && text[place] === 10);
}

/** The text as code points. */
export function codePointsOf(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

/** The text of a part of it. */
export function textBetween(text: readonly number[], start: number, end: number): string {
  let result = "";
  for (let i = start; i < end; i++) result += String.fromCodePoint(text[i]!);
  return result;
}
