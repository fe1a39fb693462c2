/** Values below it have a bucket each; every doubling above has half as many: a bucket is at most 1/128 of its values wide. */
const EXACT = 256;
const PER_DOUBLING = EXACT / 2;
/** Some 71 minutes in microseconds; what is longer counts as that. */
const MAX_VALUE = 2 ** 32 - 1;
const BUCKETS = EXACT + 24 * PER_DOUBLING;

/** What a run of events is told by, in microseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** A histogram for sending it to another process. */
export interface HistogramCounts {
  /** The buckets that are not empty: number and count. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
  readonly max: number;
}

/**
 * How often durations occurred, in whole microseconds, in memory that does not grow (26 KB): buckets that are as wide as
 * their values are large, as in an HDR histogram. Percentiles are less than 0.8 % too high, never too low; the maximum is exact.
 */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #max = 0;

  static of({ buckets, max }: HistogramCounts): Histogram {
    const histogram = new Histogram();
    for (const [bucket, count] of buckets) {
      histogram.#counts[bucket]! += count;
      histogram.#total += count;
    }
    histogram.#max = max;
    return histogram;
  }

  /** Values that were recorded. */
  get total(): number {
    return this.#total;
  }

  /** @param micros what is below 0 counts as 0 */
  record(micros: number): void {
    const value = Math.min(MAX_VALUE, Math.max(0, Math.round(micros)));
    this.#counts[bucketOf(value)]!++;
    this.#total++;
    if (value > this.#max) this.#max = value;
  }

  /** The value that so large a share of all values does not exceed; 0 when there are none. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#total * share));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return Math.min(highestOf(bucket), this.#max);
    }
    return this.#max;
  }

  get percentiles(): Percentiles {
    const [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map((share) => this.percentile(share));
    return { p50: p50!, p90: p90!, p99: p99!, p999: p999!, max: this.#max };
  }

  get counts(): HistogramCounts {
    const buckets = [...this.#counts.entries()].filter(([, count]) => count > 0);
    return { buckets, max: this.#max };
  }
}

function bucketOf(value: number): number {
  if (value < EXACT) return value;
  const doublings = 24 - Math.clz32(value);
  return EXACT + (doublings - 1) * PER_DOUBLING + (Math.floor(value / 2 ** doublings) - PER_DOUBLING);
}

function highestOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const doublings = Math.floor((bucket - EXACT) / PER_DOUBLING) + 1;
  const place = ((bucket - EXACT) % PER_DOUBLING) + PER_DOUBLING;
  return (place + 1) * 2 ** doublings - 1;
}
