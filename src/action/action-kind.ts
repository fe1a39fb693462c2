import { isPassing } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import { WorkerError, type WorkerPool } from "../worker/index.ts";
import { actionModule, distPath } from "./action-modules.ts";
import type { Actions } from "./actions.ts";
import type { Action } from "./action.ts";
import type { ActionCall } from "./child/call-action.ts";
import { NotBegun, type RunKind } from "./run/index.ts";

/** What in a worker process calls the function of an action. */
const WRAPPER = "child/call-action.js";

/** A run of an action: one call in a worker process. */
export function actionKind(pool: WorkerPool, actions: Actions, folder: string): RunKind {
  const wrapper = distPath(WRAPPER);
  const actionOf = async (id: string): Promise<Action | undefined> => {
    try {
      return await actions.find(id);
    } catch (error) {
      throw isPassing(error) ? new NotBegun(error) : error;
    }
  };
  return {
    run: async (run, context) => {
      const { attempt, signal } = context;
      const { module, function: name } = (await actionOf(run.subject)) ?? gone(run.subject);
      const call: ActionCall = {
        ...{ module: actionModule(module, folder), function: name, runId: run.id, attempt },
        ...{ idempotencyKey: run.key, trigger: run.trigger, eventId: run.eventId },
      };
      try {
        return await pool.call({
          ...{ module: wrapper, export: "callAction", args: [call, run.event], key: run.id },
          ...{ timeoutMs: run.timeoutMs, signal, takesLateResult: true, onLog: (line) => context.log(line) },
        });
      } catch (error) {
        throw error instanceof WorkerError ? inWordsOfAction(error, `${name} of ${module}`, wrapper) : error;
      }
    },
  };
}

/** Ids are not given twice: no other try finds it. */
function gone(id: string): never {
  throw Object.assign(new XqbusError("xqbus:unknown-name", `the action ${id} was deleted`), { isPermanent: true });
}

/** An error that names the function of the action, and not what calls it. */
function inWordsOfAction(error: WorkerError, what: string, wrapper: string): XqbusError {
  const { thrown, isPermanent, retryAfterMs, code } = error;
  const message = error.message.replaceAll(`callAction of ${wrapper}`, what);
  const said = new XqbusError(thrown?.code ?? code, message, { cause: error });
  return Object.assign(said, { isPermanent, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
