import type { NewRun, RunEndHook } from "../run/index.ts";
import type { Transaction } from "../../database/index.ts";
import type { Startable } from "../startable.ts";
import type { WorkTables } from "../work-database.ts";
import { recordFailed, recordFollowing } from "./record-following.ts";
import type { AfterDefinition } from "./trigger.ts";

/** Runs that follow one another. Circles are refused when they are made; this ends one that came to be otherwise. */
const MAX_DEPTH = 50;
const TOO_DEEP = {
  code: "xqbus:limit-exceeded",
  message: `${MAX_DEPTH} runs have led to this one, each started by the end of the one before; no more follow, as they may go in a circle`,
};

/**
 * Starts what is to follow a run, in the transaction that ends it.
 *
 * @param runOf the run of what is to be started; undefined: it was deleted
 */
export function startAfterRuns(
  runOf: (subject: string, transaction: Transaction<WorkTables>) => Promise<Startable | undefined>,
): RunEndHook {
  return async (run, changes) => {
    if (run.state === "cancelled" || run.depth > MAX_DEPTH) return;
    const transaction = changes.transaction.withTables<Pick<WorkTables, keyof WorkTables>>();
    const triggers = await transaction
      .selectFrom("action_trigger")
      .selectAll()
      .where("watched", "=", run.subject)
      .execute();
    const happened = run.state === "succeeded" ? "success" : "failure";
    for (const { id, subject, definition } of triggers) {
      const { on } = JSON.parse(definition) as AfterDefinition;
      if (on !== "end" && on !== happened) continue;
      const next = await runOf(subject, transaction);
      if (next === undefined) continue;
      const following: NewRun = {
        ...next,
        // A run that is retried ends again.
        key: `after:${id}:${run.id}:${run.attempts}`,
        event: { type: `action.${happened}`, content: run.state === "succeeded" ? run.output : { error: run.error } },
        trigger: { kind: "action", id, run: run.id },
        eventId: run.eventId,
        depth: run.depth + 1,
      };
      if (run.depth < MAX_DEPTH) await recordFollowing(changes, following);
      else await recordFailed(changes, following, TOO_DEEP);
    }
  };
}
