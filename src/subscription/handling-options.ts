import { systemClock, type Clock } from "../clock.ts";
import type { XqbusError } from "../errors.ts";
import { assertFunction, assertInteger, assertIntegerOrInfinity, illegalOption, shown } from "../assert-option.ts";
import type { AttemptResult, HandlerContext } from "./attempt.ts";
import type { Delivery } from "./delivery.ts";
import { MAX_DURATION_MS } from "./duration.ts";
import type { HandledIds } from "./handled-ids.ts";
import type { NextAttempt } from "./next-attempt.ts";
import { rate, type Rate, type RateOptions } from "./rate.ts";
import { retryPolicy, type RetryPolicy, type RetryPolicyOptions } from "./retry-policy.ts";

/**
 * Handles one delivery. The delivery is accepted when the promise resolves; what it throws makes the attempt fail
 * (see {@link PermanentError}, {@link RetryLater}).
 */
export type Handler<D extends Delivery> = (delivery: D, context: HandlerContext) => void | Promise<void>;

/** An attempt that is over, for a record of deliveries. */
export interface AttemptRecord<D extends Delivery> {
  readonly delivery: D;
  readonly attempt: number;
  /** Ms since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: AttemptResult;
  /** What the policy says; undefined when the attempt did not fail. */
  readonly next: NextAttempt | undefined;
}

/** How a subscription handles its deliveries. Times are in ms. */
export interface HandlingOptions<D extends Delivery> {
  /** Its name: the `handler` in dead letters. 1 to 200 characters. */
  readonly name: string;
  /** What happens after a failed attempt. Default `5x exponential 1s..5m jitter 0.2`. */
  readonly retry?: string | RetryPolicyOptions;
  /** Handlers that run at the same time, 1 to 10,000. Default 1. */
  readonly concurrency?: number;
  /** Attempts that may begin within a time: `10/s`, `100/min`. Default: any number. */
  readonly rate?: string | RateOptions;
  /** Deliveries of the same key are handled strictly in order, also through retries; undefined for one that has no order. Default: none has. */
  readonly orderBy?: (delivery: D) => string | undefined;
  /** Deliveries at hand that have no outcome yet, 1 to 1,000,000: those that wait, run, or are held for a retry. Default 100, at least `concurrency`. */
  readonly maxPending?: number;
  /** The same for one key; those beyond become dead letters (`key-full`). Default: `maxPending`. */
  readonly maxPendingPerKey?: number;
  /** How long one attempt may take; Infinity for no bound. Default 30,000. */
  readonly handlerTimeoutMs?: number;
  /** How long a handler whose signal was aborted has to end. Default 1000. */
  readonly abortGraceMs?: number;
  /** Handlers that may go on unattended after that; the next ones keep their place in `concurrency`. Default: `concurrency`. */
  readonly maxAbandoned?: number;
  /**
   * Retries that are due within this time wait here, later ones go back to a transport that can delay; 0: all go back. Without order
   * only, and if it cannot delay, all wait here. Default 10,000.
   */
  readonly holdUpToMs?: number;
  /** Recognises repetitions by the event's id; these are accepted without being handled. Default: none are recognised. */
  readonly handled?: HandledIds;
  /** How long one question to `handled` may take. Default 5000. */
  readonly handledTimeoutMs?: number;
  /** Hears of everything that fails: handlers (`xqbus:callback-failed`), the transport (`xqbus:transport-failed`), `handled`. */
  readonly onError?: (error: XqbusError, delivery?: D) => void;
  /** Hears of every attempt when it is over. */
  readonly onAttempt?: (record: AttemptRecord<D>) => void;
  /** Default: the time of this machine. */
  readonly clock?: Clock;
  /** Chance for the jitter, from 0 to less than 1. Default Math.random. */
  readonly random?: () => number;
}

/** Options with all defaults, and policy and rate read. */
export type CheckedHandlingOptions<D extends Delivery> = Required<
  Omit<HandlingOptions<D>, "retry" | "rate" | "orderBy" | "handled" | "onAttempt">
> & {
  readonly retry: RetryPolicy;
  readonly rate: Rate | undefined;
  readonly orderBy: HandlingOptions<D>["orderBy"];
  readonly handled: HandledIds | undefined;
  readonly onAttempt: HandlingOptions<D>["onAttempt"];
};

const MAX_NAME = 200;
const DEFAULT_PENDING = 100;

/** @throws XqbusError `xqbus:illegal-argument` naming the option and what would be right */
export function checkHandlingOptions<D extends Delivery>(options: HandlingOptions<D>): CheckedHandlingOptions<D> {
  const { name, concurrency = 1, orderBy, handled } = options;
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME) {
    throw illegalOption(`name must be a text of 1 to ${MAX_NAME} characters, got ${shown(name)}`);
  }
  assertInteger(concurrency, "concurrency", 1, 10_000);
  const maxPending = options.maxPending ?? Math.max(DEFAULT_PENDING, concurrency);
  assertInteger(maxPending, "maxPending", concurrency, 1_000_000);
  const checked: CheckedHandlingOptions<D> = {
    name,
    retry: retryPolicy(options.retry),
    concurrency,
    rate: options.rate === undefined ? undefined : rate(options.rate),
    orderBy,
    maxPending,
    maxPendingPerKey: options.maxPendingPerKey ?? maxPending,
    handlerTimeoutMs: options.handlerTimeoutMs ?? 30_000,
    abortGraceMs: options.abortGraceMs ?? 1000,
    maxAbandoned: options.maxAbandoned ?? concurrency,
    holdUpToMs: options.holdUpToMs ?? 10_000,
    handled,
    handledTimeoutMs: options.handledTimeoutMs ?? 5000,
    onError: options.onError ?? (() => undefined),
    onAttempt: options.onAttempt,
    clock: options.clock ?? systemClock({ keepsProcessAlive: true }),
    random: options.random ?? Math.random,
  };
  assertInteger(checked.maxPendingPerKey, "maxPendingPerKey", 1, maxPending);
  assertIntegerOrInfinity(checked.handlerTimeoutMs, "handlerTimeoutMs", 1, MAX_DURATION_MS);
  assertInteger(checked.abortGraceMs, "abortGraceMs", 0, MAX_DURATION_MS);
  assertInteger(checked.maxAbandoned, "maxAbandoned", 0, 10_000);
  assertIntegerOrInfinity(checked.holdUpToMs, "holdUpToMs", 0, MAX_DURATION_MS);
  assertInteger(checked.handledTimeoutMs, "handledTimeoutMs", 1, MAX_DURATION_MS);
  if (orderBy !== undefined) assertFunction(orderBy, "orderBy");
  if (options.onAttempt !== undefined) assertFunction(options.onAttempt, "onAttempt");
  for (const callback of ["onError", "random"] as const) assertFunction(checked[callback], callback);
  if (handled !== undefined && (typeof handled.has !== "function" || typeof handled.add !== "function")) {
    throw illegalOption("handled must have the methods has and add, such as new MemoryHandledIds()");
  }
  return Object.freeze(checked);
}
