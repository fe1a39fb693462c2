/** Counts that only grow, by name. */
type Totals = Readonly<Record<string, number>>;

interface Sample {
  readonly time: number;
  readonly totals: Totals;
}

/** A sample that old is preferred: rates over less jump about. */
const WANTED_AGE_MS = 10_000;
/** Samples are at least that far apart. */
const LEAST_APART_MS = 1000;
/** Several may be needed when somebody asks often. */
const MAX_SAMPLES = 16;

/** Turns counts into rates by remembering what they were when somebody last asked; nothing runs in between. */
export class RateMeter {
  #samples: Sample[] = [];

  /**
   * What was added per second since a look some ten seconds ago, or the oldest one that is remembered; undefined at the first look.
   *
   * @param now ms since 1970
   */
  rates<T extends Totals>(now: number, totals: T): Readonly<Record<keyof T, number>> | undefined {
    const base = this.#samples.findLast(({ time }) => now - time >= WANTED_AGE_MS) ?? this.#samples[0];
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.time >= LEAST_APART_MS) {
      this.#samples.push({ time: now, totals: { ...totals } });
      if (this.#samples.length > MAX_SAMPLES) this.#samples = this.#samples.slice(-MAX_SAMPLES);
    }
    if (base === undefined || now <= base.time) return undefined;
    const seconds = (now - base.time) / 1000;
    const rates = Object.entries(totals).map(([name, total]) => [name, (total - (base.totals[name] ?? 0)) / seconds]);
    return Object.fromEntries(rates) as Record<keyof T, number>;
  }
}
