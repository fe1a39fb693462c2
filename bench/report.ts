import type { Measurement } from "./measure.ts";
import type { Spread } from "./spread.ts";

/** A name, a count, or a measured value; undefined where nothing could be measured. */
export type Cell = string | number | Spread | undefined;

/** Results that are compared with each other. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A limit that was promised, and what was measured. */
export interface Target {
  readonly text: string;
  readonly limit: number;
  readonly measured: Spread;
}

/** What a benchmark found. */
export interface Report {
  readonly tables: readonly Table[];
  readonly targets?: readonly Target[];
  /** The same for programs, in the form that its consumers agreed on; shown with --json only. */
  readonly rows?: readonly object[];
  /** Lines for the reader, such as what was skipped and why. */
  readonly notes?: readonly string[];
}

/** What `npm run bench -- NAME` lets its user choose. */
export interface BenchmarkOptions {
  /** Rounds that count; each benchmark has its own default. */
  readonly rounds?: number;
  /** Events of one round of `broker`, `send-receive` and `clacks`. */
  readonly events?: number;
}

/** The table of what {@link measure} gives; the first row is what the others are compared with. */
export function costTable(title: string, measurements: readonly Measurement[]): Table {
  return {
    title,
    columns: ["", "user CPU µs", "ratio"],
    rows: measurements.map(({ name, cost, ratio }) => [name, cost, ratio]),
  };
}
