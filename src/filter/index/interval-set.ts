import type { Entry } from "./branch.ts";
import type { Interval } from "./interval.ts";

/** Intervals that are not sorted in yet, up to which looking at each is fast. */
const MAX_LOOSE = 48;

/**
 * Intervals of subscriptions, which come and go, and the question which of them a span of values touches. All ends lie in typed arrays
 * that are sorted by the lower end; above them a tree of the highest upper ends (an interval tree without nodes of its own). What was
 * added last is in a short list beside it, until that grows too long.
 */
export class IntervalSet {
  #looseEnds: number[] = [];
  #looseEntries: Entry[] = [];
  #sorted: SortedIntervals | undefined;
  size = 0;

  add({ low, high }: Interval, entry: Entry): void {
    this.#looseEnds.push(low, high);
    this.#looseEntries.push(entry);
    this.size++;
  }

  remove({ low }: Interval, entry: Entry): void {
    this.size--;
    const place = this.#looseEntries.indexOf(entry);
    if (place < 0) {
      const sorted = this.#sorted;
      if (sorted === undefined) return;
      sorted.remove(low, entry);
      if (sorted.removed > sorted.size / 2) this.#sorted = sorted.with([], []);
      return;
    }
    const last = this.#looseEntries.length - 1;
    this.#looseEntries[place] = this.#looseEntries[last]!;
    this.#looseEnds[2 * place] = this.#looseEnds[2 * last]!;
    this.#looseEnds[2 * place + 1] = this.#looseEnds[2 * last + 1]!;
    this.#looseEntries.pop();
    this.#looseEnds.length -= 2;
  }

  /** Appends the entries of intervals that have a value at or below `max`, and one at or above `min`. */
  collect(min: number, max: number, found: Entry[]): void {
    if (this.#looseEntries.length > MAX_LOOSE) this.#sortIn();
    const ends = this.#looseEnds;
    for (let i = 0; i < this.#looseEntries.length; i++) {
      if (ends[2 * i]! <= max && ends[2 * i + 1]! >= min) found.push(this.#looseEntries[i]!);
    }
    this.#sorted?.collect(min, max, found);
  }

  #sortIn(): void {
    this.#sorted = (this.#sorted ?? NONE).with(this.#looseEnds, this.#looseEntries);
    this.#looseEnds = [];
    this.#looseEntries = [];
  }
}

/** The place of an entry that is not there any more. */
const GONE = -1;

class SortedIntervals {
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;
  readonly #entries: Entry[];
  /** For the middle of every range that {@link collect} divides, the highest upper end in the range. */
  readonly #highest: Float64Array;
  removed = 0;

  constructor(lows: Float64Array, highs: Float64Array, entries: Entry[]) {
    this.#lows = lows;
    this.#highs = highs;
    this.#entries = entries;
    this.#highest = new Float64Array(entries.length);
    this.#fill(0, entries.length);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** These and more, without those that were removed. */
  with(ends: readonly number[], entries: readonly Entry[]): SortedIntervals {
    const added = Array.from(entries.keys()).sort(
      (a, b) => ends[2 * a]! - ends[2 * b]! || ends[2 * a + 1]! - ends[2 * b + 1]!,
    );
    const count = this.size - this.removed + added.length;
    const [lows, highs] = [new Float64Array(count), new Float64Array(count)];
    const all: Entry[] = [];
    let from = 0;
    let next = 0;
    for (let to = 0; to < count; to++) {
      while (from < this.size && this.#entries[from] === GONE) from++;
      const place = added[next];
      const takesOwn = place === undefined || (from < this.size && this.#lows[from]! <= ends[2 * place]!);
      lows[to] = takesOwn ? this.#lows[from]! : ends[2 * place]!;
      highs[to] = takesOwn ? this.#highs[from]! : ends[2 * place + 1]!;
      all.push(takesOwn ? this.#entries[from]! : entries[place]!);
      if (takesOwn) from++;
      else next++;
    }
    return new SortedIntervals(lows, highs, all);
  }

  remove(low: number, entry: Entry): void {
    for (let at = this.#firstFrom(low); at < this.size && this.#lows[at] === low; at++) {
      if (this.#entries[at] !== entry) continue;
      this.#entries[at] = GONE;
      this.removed++;
      return;
    }
  }

  collect(min: number, max: number, found: Entry[]): void {
    this.#collect(0, this.size, min, max, found);
  }

  #collect(from: number, to: number, min: number, max: number, found: Entry[]): void {
    let start = from;
    while (start < to) {
      const middle = (start + to) >>> 1;
      if (this.#highest[middle]! < min) return;
      this.#collect(start, middle, min, max, found);
      if (this.#lows[middle]! > max) return;
      if (this.#highs[middle]! >= min && this.#entries[middle] !== GONE) found.push(this.#entries[middle]!);
      start = middle + 1;
    }
  }

  #fill(from: number, to: number): number {
    if (from >= to) return -Infinity;
    const middle = (from + to) >>> 1;
    const highest = Math.max(this.#highs[middle]!, this.#fill(from, middle), this.#fill(middle + 1, to));
    this.#highest[middle] = highest;
    return highest;
  }

  /** The first place whose lower end is not below. */
  #firstFrom(low: number): number {
    let [from, to] = [0, this.size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#lows[middle]! < low) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const NONE = new SortedIntervals(new Float64Array(0), new Float64Array(0), []);
