import { assertInteger, assertMembers, illegalOption, shown } from "../assert-option.ts";
import { MAX_DURATION_MS } from "./duration.ts";

/** How many attempts may begin within a time. Made by {@link rate}; frozen. */
export interface Rate {
  readonly count: number;
  /** Ms in which `count` may begin, evenly spread: 10 in 1000 ms are one every 100 ms. */
  readonly perMs: number;
  /** So many may begin at once after a rest. 1 keeps the rate within every `perMs`; more can exceed it once by `burst` - 1. */
  readonly burst: number;
}

/** A rate; `burst` is 1 by default. */
export type RateOptions = Omit<Rate, "burst"> & { readonly burst?: number };

const UNITS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };
const MAX_COUNT = 1_000_000;

/**
 * A rate out of a text (`10/s`, `100/min`, `5/h burst 5`) or an object.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function rate(given: string | RateOptions): Rate {
  const options = typeof given === "string" ? parseRate(given) : given;
  assertMembers(options, "rate", ["count", "perMs", "burst"]);
  const { count, perMs, burst = 1 } = options;
  assertInteger(count, "rate count", 1, MAX_COUNT);
  assertInteger(perMs, "rate perMs", 1, MAX_DURATION_MS);
  assertInteger(burst, "rate burst", 1, MAX_COUNT);
  return Object.freeze({ count, perMs, burst });
}

function parseRate(text: string): RateOptions {
  const [match, count = "", unit = "", burst = "1"] =
    /^\s*(\d{1,9})\/(s|min|h)(?:\s+burst\s+(\d{1,9}))?\s*$/.exec(text) ?? [];
  if (match === undefined) {
    throw illegalOption(`rate: ${shown(text)} is not understood; expected 10/s, 100/min, 5/h, with burst 5 behind it`);
  }
  return { count: Number(count), perMs: UNITS[unit] ?? NaN, burst: Number(burst) };
}
