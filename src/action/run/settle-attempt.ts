import { XqbusError } from "../../errors.ts";
import { nextAttempt, PermanentError, RetryLater, retryPolicy, summarizeError } from "../../subscription/index.ts";
import type { RunChanges } from "./run-changes.ts";
import { isEnded, type Run, type RunAttemptOutcome, type RunError } from "./run.ts";

/** What became of an attempt; `given-up`: it was not made, or its end was refused; `untold`: those who hear of ends refuse that, too. */
export type AttemptEnd =
  | { readonly kind: "succeeded"; readonly output: unknown }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "given-up" | "untold"; readonly error: RunError }
  | { readonly kind: "cancelled" }
  | { readonly kind: "stopped" };

/** What the end of an attempt is called. */
export function outcomeOf({ kind }: AttemptEnd): RunAttemptOutcome {
  return kind === "given-up" || kind === "untold" ? "failed" : kind;
}

/** An attempt that is over. */
export interface OverAttempt {
  readonly run: Run;
  readonly lease: string;
  readonly end: AttemptEnd;
  /** Chance for the jitter, from 0 to less than 1. */
  readonly random: number;
}

/** Writes what became of an attempt: the run ends, or waits for the next one. Undefined: somebody else has the run now. */
export async function settleAttempt(
  changes: RunChanges,
  { run: { id }, lease, end, random }: OverAttempt,
): Promise<Run | undefined> {
  const run = await changes.held(id, lease);
  if (run === undefined) return undefined;
  switch (end.kind) {
    case "succeeded":
      return changes.end(id, endOf(changes, end.output));
    case "stopped":
      return run.isCancelled ? changes.end(id, { state: "cancelled" }) : changes.giveBack(run);
    case "cancelled":
      // Somebody may have asked for another try meanwhile.
      return run.isCancelled ? changes.end(id, { state: "cancelled" }) : changes.giveBack(run);
    case "given-up":
      return changes.end(id, { state: "failed", error: end.error });
    case "untold":
      return endUntold(changes, run, end.error);
    case "failed": {
      const error = errorOf(end.error);
      if (run.isCancelled) return changes.end(id, { state: "cancelled" });
      const failed = { attempts: run.failures + 1, firstAt: run.firstAt ?? run.createdAt, now: changes.now };
      const next = nextAttempt(retryPolicy(run.retry), { ...failed, error: retryable(end.error), random });
      if (next.kind === "give-up") return changes.end(id, { state: "failed", error });
      return changes.tryAgain(run, error, next.at);
    }
  }
}

/** Ends a run without those who hear of ends; the workflow that waits for it would wait for ever, and ends likewise. */
async function endUntold(changes: RunChanges, run: Run, error: RunError): Promise<Run> {
  const ended = await changes.endUntold(run, { state: "failed", error });
  const parent = await changes.parentOf(run);
  if (parent?.state !== "waiting") return ended;
  const { code, message } = error;
  await changes.endUntold(parent, { state: "failed", error: { code, message: `step "${run.step}": ${message}` } });
  for (const child of await changes.children(parent.id)) if (!isEnded(child)) await changes.cancel(child.id);
  return ended;
}

function endOf(changes: RunChanges, output: unknown): Parameters<RunChanges["end"]>[1] {
  try {
    changes.assertOutput(output);
    return { state: "succeeded", output };
  } catch (error) {
    return { state: "failed", error: errorOf(error) };
  }
}

function errorOf(error: unknown): RunError {
  const { code = "xqbus:code-failed", message } = summarizeError(error);
  return { code, message };
}

/** What was thrown, in the words of the retry policy. */
function retryable(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  const { isPermanent, retryAfterMs } = error as { readonly isPermanent?: unknown; readonly retryAfterMs?: unknown };
  const message = error instanceof XqbusError ? error.message : "";
  if (isPermanent === true) return new PermanentError(message, { cause: error });
  if (typeof retryAfterMs !== "number" || !(retryAfterMs >= 0)) return error;
  return new RetryLater(Math.min(Math.ceil(retryAfterMs), MAX_RETRY_LATER_MS), message, { cause: error });
}

const MAX_RETRY_LATER_MS: number = 365 * 24 * 60 * 60 * 1000;
