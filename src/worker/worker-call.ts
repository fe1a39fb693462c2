import { isAbsolute } from "node:path";
import { assertFunction, assertInteger, illegalOption, shown } from "../assert-option.ts";
import type { LogLine } from "./messages.ts";

/** A function to be called in a worker process. */
export interface WorkerCall {
  /** Absolute path of a module: `.js`, `.mjs`, `.cjs`, and `.ts` where Node.js reads it (22.18 and later). */
  readonly module: string;
  /** Name of the exported function; `default` is one. */
  readonly export: string;
  /** What it is called with, plain data; the last argument is always the {@link CallContext}. Default none. */
  readonly args?: readonly unknown[];
  /** How long it may take from when it begins, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** Ends the call, also one that waits. */
  readonly signal?: AbortSignal;
  /**
   * A result that the code still gives after the signal, within the time until it is killed, counts. Default false: a call that was
   * aborted has none.
   */
  readonly takesLateResult?: boolean;
  /** Hears of each line that the code writes, in order, all before the result. */
  readonly onLog?: (line: LogLine) => void;
  /** Calls with the same key go to the process that had the last one, if it is free; services are told the key. */
  readonly key?: string;
}

export type CheckedCall = Required<Omit<WorkerCall, "signal" | "onLog" | "key">> &
  Pick<WorkerCall, "signal" | "onLog" | "key">;

/** @throws XqbusError `xqbus:illegal-argument` */
export function checkCall(call: WorkerCall): CheckedCall {
  const checked = {
    ...call,
    ...{ args: call.args ?? [], timeoutMs: call.timeoutMs ?? 30_000, takesLateResult: call.takesLateResult ?? false },
  };
  if (typeof call.module !== "string" || !isAbsolute(call.module)) {
    throw illegalOption(`module must be an absolute path, got ${shown(call.module)}`);
  }
  if (typeof call.export !== "string" || call.export === "") {
    throw illegalOption(`export must be the name of a function, got ${shown(call.export)}`);
  }
  if (!Array.isArray(checked.args)) throw illegalOption(`args must be a list, got ${shown(checked.args)}`);
  assertInteger(checked.timeoutMs, "timeoutMs", 1, 2 ** 31 - 1);
  if (call.onLog !== undefined) assertFunction(call.onLog, "onLog");
  return checked;
}
