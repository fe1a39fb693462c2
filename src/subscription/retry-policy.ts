import {
  assertInteger,
  assertIntegerOrInfinity,
  assertMembers,
  assertNumber,
  illegalOption,
  shown,
} from "../assert-option.ts";
import { MAX_DURATION_MS } from "./duration.ts";
import { parseRetryPolicy } from "./retry-policy-text.ts";

/** How long to wait after a failed attempt. */
export type Backoff = ExponentialBackoff | ScheduledBackoff;

/** `fromMs` after the first failure, `factor` times as long after each further one, never more than `toMs`. */
export interface ExponentialBackoff {
  readonly kind: "exponential";
  /** Ms, at least 1. */
  readonly fromMs: number;
  /** Ms, at least `fromMs`. */
  readonly toMs: number;
  /** 1 to 100. */
  readonly factor: number;
}

/** A delay for each failure, in ms; the last one stands for all that follow. */
export interface ScheduledBackoff {
  readonly kind: "schedule";
  /** 1 to 1000 of them. */
  readonly delaysMs: readonly number[];
}

/** Whether and when a delivery whose handling failed is tried again. Made by {@link retryPolicy}; frozen. */
export interface RetryPolicy {
  /** Attempts in all, the first one included: 1 never tries again, Infinity always. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** 0 to 1: each delay is made longer or shorter at random by up to this share, so that many do not come back at once. */
  readonly jitter: number;
  /** No attempt begins later than this after the first one; ms or Infinity. */
  readonly maxAgeMs: number;
  /** Codes of errors (their `code`) after which trying again is of no use, beside {@link PermanentError}. */
  readonly permanent: readonly string[];
}

/** The members of a {@link RetryPolicy} that differ from the default. */
export interface RetryPolicyOptions {
  /** Default 5; with a schedule, one more than it has delays. */
  readonly attempts?: number;
  /** Default: exponential from 1 s to 5 min, factor 2. */
  readonly backoff?: (Omit<ExponentialBackoff, "factor"> & { readonly factor?: number }) | ScheduledBackoff;
  /** Default 0.2. */
  readonly jitter?: number;
  /** Default Infinity. */
  readonly maxAgeMs?: number;
  /** Default none. */
  readonly permanent?: readonly string[];
}

/** Each delay doubles the one before. */
const DEFAULT_FACTOR = 2;
const DEFAULT_ATTEMPTS = 5;
const DEFAULT_JITTER = 0.2;
const DEFAULT_BACKOFF: Backoff = { kind: "exponential", fromMs: 1000, toMs: 5 * 60 * 1000, factor: DEFAULT_FACTOR };
const MAX_ATTEMPTS = 1_000_000;
const MAX_DELAYS = 1000;
const MAX_CODES = 1000;

/**
 * A retry policy out of a text (`5x exponential 1s..5m jitter 0.2 max-age 1d`, see `docs/subscription.md`) or an object.
 *
 * @throws XqbusError `xqbus:illegal-argument` naming what cannot be used and what would be right
 */
export function retryPolicy(given: string | RetryPolicyOptions = {}): RetryPolicy {
  const options = typeof given === "string" ? parseRetryPolicy(given) : given;
  assertMembers(options, "retry", ["attempts", "backoff", "jitter", "maxAgeMs", "permanent"]);
  const backoff = checkedBackoff(options.backoff ?? DEFAULT_BACKOFF);
  const attempts = options.attempts ?? (backoff.kind === "schedule" ? backoff.delaysMs.length + 1 : DEFAULT_ATTEMPTS);
  const { jitter = DEFAULT_JITTER, maxAgeMs = Infinity, permanent = [] } = options;
  assertIntegerOrInfinity(attempts, "retry attempts", 1, MAX_ATTEMPTS);
  assertNumber(jitter, "retry jitter", 0, 1);
  assertIntegerOrInfinity(maxAgeMs, "retry maxAgeMs", 1, MAX_DURATION_MS);
  return Object.freeze({ attempts, backoff, jitter, maxAgeMs, permanent: checkedCodes(permanent) });
}

function checkedBackoff(backoff: NonNullable<RetryPolicyOptions["backoff"]>): Backoff {
  switch (backoff.kind) {
    case "exponential": {
      assertMembers(backoff, "retry backoff", ["kind", "fromMs", "toMs", "factor"]);
      const { kind, fromMs, toMs, factor = DEFAULT_FACTOR } = backoff;
      assertInteger(fromMs, "retry backoff fromMs", 1, MAX_DURATION_MS);
      assertInteger(toMs, "retry backoff toMs", fromMs, MAX_DURATION_MS);
      assertNumber(factor, "retry backoff factor", 1, 100);
      return Object.freeze({ kind, fromMs, toMs, factor });
    }
    case "schedule": {
      assertMembers(backoff, "retry backoff", ["kind", "delaysMs"]);
      const delaysMs: unknown = backoff.delaysMs;
      if (!Array.isArray(delaysMs) || delaysMs.length === 0 || delaysMs.length > MAX_DELAYS) {
        throw illegalOption(`retry backoff delaysMs must be a list of 1 to ${MAX_DELAYS} delays in ms`);
      }
      for (const delay of delaysMs) assertInteger(delay, "a delay of retry backoff delaysMs", 0, MAX_DURATION_MS);
      return Object.freeze({ kind: backoff.kind, delaysMs: Object.freeze([...backoff.delaysMs]) });
    }
    default:
      throw illegalOption(
        `retry backoff must be { kind: "exponential", fromMs, toMs } or { kind: "schedule", delaysMs }, got ${shown(backoff)}`,
      );
  }
}

/** The characters of our own codes and of the standards'. */
const CODE = /^[\w:.-]{1,100}$/;

function checkedCodes(codes: unknown): readonly string[] {
  if (!Array.isArray(codes) || codes.length > MAX_CODES) {
    throw illegalOption(`retry permanent must be a list of at most ${MAX_CODES} error codes`);
  }
  const wrong: unknown = codes.find((code) => typeof code !== "string" || !CODE.test(code));
  if (wrong === undefined) return Object.freeze([...(codes as string[])]);
  throw illegalOption(`retry permanent: ${shown(wrong)} is no error code; expected such as xqbus:invalid-event`);
}
