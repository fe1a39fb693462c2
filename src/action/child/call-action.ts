import { messageOf, XqbusError } from "../../errors.ts";
import type { CallContext } from "../../worker/index.ts";
import { useDatabases } from "../destination/index.ts";
import type { ActionEvent, RunTrigger } from "../run/index.ts";
import type { ActionContext, ActionFunction } from "./action-context.ts";

/** Which function, and for which run. */
export interface ActionCall {
  /** Absolute path. */
  readonly module: string;
  readonly function: string;
  readonly runId: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly trigger: RunTrigger;
  readonly eventId: string | undefined;
}

/** What the worker processes of actions are given. */
export interface ActionData {
  /** URLs of databases by the names that `connect` takes. */
  readonly databases: Readonly<Record<string, string>>;
}

/** Runs in a worker process: loads the function of an action and calls it as its author expects it. */
export async function callAction(action: ActionCall, event: ActionEvent, call: CallContext): Promise<unknown> {
  const { module, function: name, ...facts } = action;
  if (call.data !== undefined) useDatabases((call.data as ActionData).databases);
  const called = (await call.load(module, name)) as ActionFunction;
  const context: ActionContext = Object.freeze({
    ...facts,
    signal: call.signal,
    log: Object.freeze({
      debug: (text: string) => call.log(text, "debug"),
      info: (text: string) => call.log(text, "info"),
      warn: (text: string) => call.log(text, "warn"),
      error: (text: string) => call.log(text, "error"),
    }),
    publish: async (published: string | object) => String(await call.ask("publish", published)),
  });
  return asJson(await called(event, context));
}

/** @throws XqbusError `xqbus:illegal-result`, permanent: the same code gives the same again */
function asJson(output: unknown): unknown {
  try {
    const text = JSON.stringify(output) as string | undefined;
    return text === undefined ? null : (JSON.parse(text) as unknown);
  } catch (error) {
    const why = error instanceof RangeError ? "it is nested too deeply" : messageOf(error);
    const refusal = new XqbusError("xqbus:illegal-result", `the result is no data of JSON: ${why}`, { cause: error });
    throw Object.assign(refusal, { permanent: true });
  }
}
