/** What code in a worker process uses; only there. User code imports it through an entry of the package. */
import { XqbusError } from "../errors.ts";
import type { LogLevel } from "./messages.ts";

/** The call that runs: the last argument of every function that is called, and what {@link currentCall} gives. */
export interface CallContext {
  readonly module: string;
  readonly export: string;
  readonly key: string | undefined;
  /** Aborted when the call's time is over or nobody wants the result any more. End soon then: the process is killed. */
  readonly signal: AbortSignal;
  /** The plain data that the pool was given. */
  readonly data: unknown;
  /** Writes a line to the log of this call, as `console` does. Level: `info` if none is given. */
  log(text: string, level?: LogLevel): void;
  /**
   * The exported function of another module, for code that stands between the program and a module of a user.
   *
   * @param module absolute path
   * @throws XqbusError `xqbus:invalid-module`, which the call fails with, too
   */
  load(module: string, name: string): Promise<(...args: readonly unknown[]) => unknown>;
  /** Asks the program for something, see {@link ask}; on behalf of this call also where the call is not current. */
  ask(service: string, argument?: unknown): Promise<unknown>;
}

/** What the process has for this file; user code may have loaded it from another copy of the package. */
export interface ChildRuntime {
  currentCall(): CallContext | undefined;
}

const RUNTIME: unique symbol = Symbol.for("xqbus.worker");

type Global = typeof globalThis & { [RUNTIME]?: ChildRuntime };

/** Makes {@link ask} and {@link currentCall} work in this process. */
export function installRuntime(runtime: ChildRuntime): void {
  (globalThis as Global)[RUNTIME] = runtime;
}

/**
 * The call that runs, wherever in the code this is asked.
 *
 * @throws XqbusError `xqbus:illegal-argument` this is no worker process, or no call runs
 */
export function currentCall(): CallContext {
  const runtime = (globalThis as Global)[RUNTIME];
  if (runtime === undefined) {
    throw new XqbusError("xqbus:illegal-argument", "there is no call: this code does not run in a worker process");
  }
  const call = runtime.currentCall();
  if (call !== undefined) return call;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "there is no call: ask in the function that is called, not while the module is loaded",
  );
}

/**
 * Asks the program that runs this process, such as for the publishing of an event.
 *
 * @param service a name of `services` of the pool
 * @param argument plain data
 * @throws XqbusError with the code of what the service threw; `xqbus:illegal-argument` where there is no such service or no call
 */
export async function ask(service: string, argument?: unknown): Promise<unknown> {
  return await currentCall().ask(service, argument);
}
