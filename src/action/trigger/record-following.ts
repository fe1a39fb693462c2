import { XqbusError } from "../../errors.ts";
import type { NewRun, RunChanges } from "../run/index.ts";

/** Records the run that a trigger starts; where its input is too large, one without input that has failed with the reason: whatever starts it goes on. */
export async function recordFollowing(changes: RunChanges, next: NewRun): Promise<void> {
  try {
    await changes.record(next);
  } catch (error) {
    if (!(error instanceof XqbusError) || error.code !== "xqbus:limit-exceeded") throw error;
    const { code, message } = error;
    const { run } = await changes.record({ ...next, event: { ...next.event, content: null } });
    await changes.end(run.id, { state: "failed", error: { code, message } });
  }
}
