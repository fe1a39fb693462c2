import type { RunEndHook } from "../run/index.ts";
import type { Startable } from "../startable.ts";
import { recordFollowing } from "./record-following.ts";
import type { TriggerTables } from "./tables.ts";
import type { AfterDefinition } from "./trigger.ts";

/** Runs in a chain of actions after actions; it may be a circle. */
const MAX_DEPTH = 50;

/**
 * Starts what is to follow a run, in the transaction that ends it.
 *
 * @param runOf the run of what is to be started; undefined: it was deleted
 */
export function startAfterRuns(runOf: (subject: string) => Promise<Startable | undefined>): RunEndHook {
  return async (run, changes) => {
    if (run.state === "cancelled" || run.depth >= MAX_DEPTH) return;
    const triggers = await changes.transaction
      .withTables<TriggerTables>()
      .selectFrom("action_trigger")
      .selectAll()
      .where("watched", "=", run.subject)
      .execute();
    const happened = run.state === "succeeded" ? "success" : "failure";
    for (const { id, subject, definition } of triggers) {
      const { on } = JSON.parse(definition) as AfterDefinition;
      if (on !== "end" && on !== happened) continue;
      const next = await runOf(subject);
      if (next === undefined) continue;
      await recordFollowing(changes, {
        ...next,
        key: `after:${id}:${run.id}`,
        event: { type: `action.${happened}`, content: run.state === "succeeded" ? run.output : { error: run.error } },
        trigger: { kind: "action", id, run: run.id },
        eventId: run.eventId,
        depth: run.depth + 1,
      });
    }
  };
}
