import { ratioOf, spreadOf } from "./spread.ts";
import type { Spread } from "./spread.ts";

/** One of the things that are compared. */
export interface Contender {
  readonly name: string;
  /**
   * One operation.
   *
   * @param index counts up from 0, to choose the input by
   * @returns something that depends on the work, so that the compiler cannot leave it out
   */
  readonly run: (index: number) => number;
}

/** What one operation of a contender costs. */
export interface Measurement {
  readonly name: string;
  /** User CPU time in microseconds. */
  readonly cost: Spread;
  /** Cost in relation to the first contender, round by round. */
  readonly ratio: Spread;
}

/** How long to measure. */
export interface MeasureOptions {
  /** Rounds that count; each contender has its turn in every round. Default 21. */
  readonly rounds?: number;
}

const DEFAULT_ROUNDS = 21;
/** User CPU time of one turn, about; the clock that it is read from has steps of up to 10 ms. */
const TURN_US = 150_000;
/** Until the compiler has done its work on a contender. */
const WARM_UP_US = 1_000_000;

/**
 * Measures what operations cost, in user CPU time: on a shared machine the wall clock measures the neighbours too.
 *
 * The contenders take turns, beginning with another one in every round, so that a slow moment of the machine hits all of
 * them. Collecting their garbage is part of the cost.
 *
 * @param contenders the first one is what the others are compared with
 */
export function measure(
  contenders: readonly [Contender, ...Contender[]],
  { rounds = DEFAULT_ROUNDS }: MeasureOptions = {},
): readonly Measurement[] {
  const turns = contenders.map((contender) => ({ contender, size: sizeOfTurn(contender), costs: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < turns.length; place++) {
      const turn = turns[(round + place) % turns.length];
      turn?.costs.push(userTime(turn.contender, turn.size) / turn.size);
    }
  }
  const baseline = turns[0]?.costs ?? [];
  return turns.map(({ contender: { name }, costs }) => ({
    name,
    cost: spreadOf(costs),
    ratio: ratioOf(costs, baseline),
  }));
}

/** Warms the contender up and gives the operations that fill a turn. */
function sizeOfTurn(contender: Contender): number {
  let size = 64;
  let spent = 0;
  for (;;) {
    const time = userTime(contender, size);
    spent += time;
    if (spent >= WARM_UP_US && time > 0) return Math.max(1, Math.round((size * TURN_US) / time));
    if (time < TURN_US) size *= 2;
  }
}

let sink = 0;

/** User CPU time in microseconds of so many operations. */
function userTime({ run }: Contender, operations: number): number {
  const { user } = process.cpuUsage();
  for (let index = 0; index < operations; index++) sink += run(index);
  const time = process.cpuUsage().user - user;
  if (Number.isNaN(sink)) throw new Error("an operation has to give a number");
  return time;
}
