import { summarizeError } from "./error-summary.ts";
import { PermanentError, RetryLater } from "./handler-errors.ts";
import type { Backoff, RetryPolicy } from "./retry-policy.ts";

/** What became of a delivery so far. */
export interface FailedState {
  /** Failed attempts, the last one included: 1 or more. */
  readonly attempts: number;
  /** When the first attempt began, ms since 1970. */
  readonly firstAt: number;
  /** When the last attempt ended, ms since 1970. */
  readonly now: number;
  /** What the last attempt threw. */
  readonly error: unknown;
  /** Chance for the jitter, from 0 to less than 1. */
  readonly random: number;
}

/** Why a delivery is not tried again: its error is permanent, all attempts are used up, or it has become too old. */
export type GiveUpReason = "permanent" | "attempts" | "age";

/** What a policy says after a failed attempt; `at` in ms since 1970. */
export type NextAttempt =
  { readonly kind: "retry"; readonly at: number } | { readonly kind: "give-up"; readonly reason: GiveUpReason };

/** Whether and when a delivery is tried again. The same arguments have the same answer. */
export function nextAttempt(policy: RetryPolicy, state: FailedState): NextAttempt {
  const { error, attempts, now, firstAt } = state;
  if (isPermanent(policy, error)) return { kind: "give-up", reason: "permanent" };
  if (error instanceof RetryLater && error.isEndless) return { kind: "retry", at: now + error.afterMs };
  if (attempts >= policy.attempts) return { kind: "give-up", reason: "attempts" };
  const at =
    now + (error instanceof RetryLater ? error.afterMs : jittered(delayAfter(policy.backoff, attempts), policy, state));
  return at - firstAt > policy.maxAgeMs ? { kind: "give-up", reason: "age" } : { kind: "retry", at };
}

function isPermanent(policy: RetryPolicy, error: unknown): boolean {
  if (error instanceof PermanentError) return true;
  const { code } = summarizeError(error);
  return code !== undefined && policy.permanent.includes(code);
}

/** Ms to wait after so many failures, without jitter. */
function delayAfter(backoff: Backoff, failures: number): number {
  switch (backoff.kind) {
    case "exponential":
      return Math.min(backoff.toMs, backoff.fromMs * backoff.factor ** (failures - 1));
    case "schedule":
      return backoff.delaysMs[Math.min(failures, backoff.delaysMs.length) - 1] ?? 0;
  }
}

function jittered(delayMs: number, { jitter }: RetryPolicy, { random }: FailedState): number {
  return Math.round(delayMs * (1 + jitter * (2 * random - 1)));
}
