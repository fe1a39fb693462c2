import type { ActionEvent, RunTrigger } from "../run/index.ts";

/** What an action is called with beside the event. */
export interface ActionContext {
  readonly runId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The same at every attempt: what has been done already can be recognised by it. */
  readonly idempotencyKey: string;
  readonly trigger: RunTrigger;
  /** Message id of the event of the bus at the beginning of it all, where there is one. */
  readonly eventId: string | undefined;
  /** Aborted when the run was cancelled or its time is over. End soon then: the process is killed. */
  readonly signal: AbortSignal;
  readonly log: ActionLog;
  /**
   * Sends an event to the bus: a document as text, or the object form of docs/json.md.
   *
   * @returns its message id
   * @throws XqbusError with the code of what went wrong, such as `xqbus:invalid-event`
   */
  publish(event: string | object): Promise<string>;
}

/** Writes to the log of the run. */
export interface ActionLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** An action: its result is the output of the run, data of JSON. */
export type ActionFunction = (event: ActionEvent, context: ActionContext) => unknown;
