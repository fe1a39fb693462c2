import { boundedLine, summarizeError, type ErrorSummary } from "./error-summary.ts";
import type { GiveUpReason } from "./next-attempt.ts";

/**
 * Why a subscription made a delivery a dead letter: {@link GiveUpReason}, or its `orderBy` key cannot be had (`key-failed`), or too
 * many deliveries of its key wait already (`key-full`).
 */
export type HandlingFailure = GiveUpReason | "key-failed" | "key-full";

/**
 * Why something is a dead letter: {@link HandlingFailure}, or its source let it through to no handler, because it is not the event that
 * it should be (`invalid`) or because nobody handles events of its type (`unhandled`).
 */
export type DeadLetterReason = HandlingFailure | "invalid" | "unhandled";

/** What is told of a delivery that could not be handled. It has neither the event nor anything of the handler's error but its words. */
export interface DeadLetter {
  /** The event's id, shortened to 200 characters. */
  readonly id: string | undefined;
  /** The key of `orderBy`, shortened to 200 characters. */
  readonly key: string | undefined;
  /** The name of the subscription that could not handle it: where it belongs when it is tried anew. */
  readonly handler: string;
  readonly reason: DeadLetterReason;
  /** Attempts to handle it, those that the transport knew of included. */
  readonly attempts: number;
  /** When the first attempt began, or when it arrived if there was none; ms since 1970. */
  readonly firstAt: number;
  /** When it was given up; ms since 1970. */
  readonly lastAt: number;
  /** The address it came from, shortened to 200 characters. */
  readonly origin: string | undefined;
  /** What the last attempt threw. */
  readonly error: ErrorSummary;
}

const MAX_TEXT = 200;

/** A dead letter's record: bounded, frozen, plain data. */
export function deadLetter(facts: Omit<DeadLetter, "error"> & { readonly error: unknown }): DeadLetter {
  const { id, key, handler, reason, attempts, firstAt, lastAt, origin } = facts;
  return Object.freeze({
    id: bounded(id),
    key: bounded(key),
    handler,
    reason,
    attempts,
    firstAt,
    lastAt,
    origin: bounded(origin),
    error: summarizeError(facts.error),
  });
}

function bounded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : boundedLine(text, MAX_TEXT);
}
