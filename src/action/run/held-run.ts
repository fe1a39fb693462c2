import { isPassing } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import type { ClaimedRun } from "./run-claims.ts";
import { NotBegun, type BegunRun, type RunKind } from "./run-kind.ts";
import { RunLog } from "./run-log.ts";
import type { RunQueue } from "./run-queue.ts";
import type { AttemptEnd } from "./settle-attempt.ts";

/** Why a run is to end that is carried out: somebody cancelled it; its lease is gone; this process ends. */
export type AbortReason = "cancelled" | "lost" | "stopped";

const TEXTS: Readonly<Record<AbortReason, string>> = {
  cancelled: "the run was cancelled",
  lost: "the run is carried out elsewhere: its lease has ended",
  stopped: "the daemon ends",
};

/** A run that this process carries out. */
export class HeldRun {
  readonly claimed: ClaimedRun;
  readonly #queue: RunQueue;
  readonly #controller: AbortController = new AbortController();
  #reason: AbortReason | undefined;

  constructor(queue: RunQueue, claimed: ClaimedRun) {
    this.#queue = queue;
    this.claimed = claimed;
  }

  /** Whether another process may have it. */
  get isLost(): boolean {
    return this.#reason === "lost";
  }

  abort(reason: AbortReason): void {
    this.#reason ??= reason;
    this.#controller.abort(new XqbusError("xqbus:aborted", TEXTS[reason]));
  }

  /** One attempt; never rejects. */
  async carryOut(kind: Extract<RunKind, { readonly run: unknown }>): Promise<AttemptEnd> {
    const { run } = this.claimed;
    let begun: BegunRun;
    try {
      begun = { ...run, event: await this.#queue.event(run.id) };
    } catch (error) {
      // It has not begun: that the database went away is no failure of it.
      return isPassing(error) ? { kind: "stopped" } : { kind: "failed", error };
    }
    const log = new RunLog(this.#queue, run.id, run.attempts);
    try {
      const { signal } = this.#controller;
      const output = await kind.run(begun, { attempt: run.attempts, signal, log: log.add });
      // What was done while the daemon ends is done; who cancels a run wants nothing of it.
      return this.#reason === "cancelled" ? { kind: "cancelled" } : { kind: "succeeded", output };
    } catch (error) {
      if (this.#reason === "stopped" || error instanceof NotBegun) return { kind: "stopped" };
      return this.#reason === "cancelled" ? { kind: "cancelled" } : { kind: "failed", error };
    } finally {
      await log.flush();
    }
  }
}
