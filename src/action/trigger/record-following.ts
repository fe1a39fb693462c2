import { XqbusError } from "../../errors.ts";
import type { NewRun, RunChanges, RunError } from "../run/index.ts";

/** Records the run that a trigger starts; where its input is too large, one without input that has failed with the reason: whatever starts it goes on. */
export async function recordFollowing(changes: RunChanges, next: NewRun): Promise<void> {
  try {
    await changes.record(next);
  } catch (error) {
    if (!(error instanceof XqbusError) || error.code !== "xqbus:limit-exceeded") throw error;
    await recordFailed(changes, next, { code: error.code, message: error.message });
  }
}

/** Records a run that is not carried out, without its input, with the reason. */
export async function recordFailed(changes: RunChanges, next: NewRun, error: RunError): Promise<void> {
  const { run } = await changes.record({ ...next, event: { ...next.event, content: null } });
  await changes.end(run.id, { state: "failed", error });
}
