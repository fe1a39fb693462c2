import { assertFunction, assertInteger, illegalOption, shown } from "../assert-option.ts";
import type { LogLine } from "./messages.ts";

/** The call on whose behalf code asks for something. */
export interface AskingCall {
  readonly module: string;
  readonly export: string;
  /** The key of the call, if it has one. */
  readonly key: string | undefined;
  /** Aborted when the call is over, however it ended. */
  readonly signal: AbortSignal;
}

/** What code in a worker process may ask the program for; what it throws is thrown there. Values are plain data. */
export type WorkerService = (argument: unknown, call: AskingCall) => Promise<unknown>;

/** The options that messages name, each as it is called there. */
export type OptionNames = Readonly<Record<"memoryMb" | "maxMessageBytes", string>>;

const NAMES: OptionNames = { memoryMb: "option memoryMb", maxMessageBytes: "option maxMessageBytes" };

/** What the processes of a pool are, and what they may use. Times in ms. */
export interface WorkerPoolOptions {
  /** Processes, 1 to 1000: as many calls run at the same time. Default 2. */
  readonly processes?: number;
  /** How long a process may take until it can be called. Default 30,000. */
  readonly startTimeoutMs?: number;
  /** How long code may go on after its `signal` was aborted, before its process is killed. Default 1000. */
  readonly killGraceMs?: number;
  /** Bytes of the arguments, of a result, of one question to a service and its answer. Default 16 MiB. */
  readonly maxMessageBytes?: number;
  /** Bytes of what one call writes; a last line says that the rest is left out. Default 1 MiB. */
  readonly maxLogBytes?: number;
  /** Memory for the objects of one process, in MiB, 16 to 65,536. Default 256. */
  readonly memoryMb?: number;
  /** What messages call these options, where who reads them knows them by other names: `[action] memory`. */
  readonly names?: Partial<OptionNames>;
  /** Calls that wait for a process at most. Default 1000. */
  readonly maxWaiting?: number;
  /** What code may ask for by `ask(name, argument)`. Default nothing. */
  readonly services?: Readonly<Record<string, WorkerService>>;
  /** Plain data that code reads as `currentCall().data`. */
  readonly data?: unknown;
  /** Hears of lines that belong to no call any more: of timers that a call has left behind, of programs that it started. */
  readonly onLog?: (line: LogLine) => void;
  /** Further options for Node.js, such as `--experimental-strip-types`. */
  readonly execArgv?: readonly string[];
  /** Environment variables beside the few that every program needs (`PATH`, `HOME`, `LANG`, `LC_…`, `TZ`, `TMPDIR`). */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory. Default: the one of this process. */
  readonly cwd?: string;
}

/** The options with their defaults. */
export type CheckedPoolOptions = Required<Omit<WorkerPoolOptions, "onLog" | "data" | "names">> &
  Pick<WorkerPoolOptions, "data" | "onLog"> & { readonly names: OptionNames };

const MAX_TIME_MS = 24 * 60 * 60 * 1000;
const MAX_BYTES = 1024 * 1024 * 1024;

/** @throws XqbusError `xqbus:illegal-argument` naming the option */
export function checkPoolOptions(options: WorkerPoolOptions): CheckedPoolOptions {
  const checked: CheckedPoolOptions = {
    processes: options.processes ?? 2,
    startTimeoutMs: options.startTimeoutMs ?? 30_000,
    killGraceMs: options.killGraceMs ?? 1000,
    maxMessageBytes: options.maxMessageBytes ?? 16 * 1024 * 1024,
    maxLogBytes: options.maxLogBytes ?? 1024 * 1024,
    memoryMb: options.memoryMb ?? 256,
    names: { ...NAMES, ...options.names },
    maxWaiting: options.maxWaiting ?? 1000,
    services: options.services ?? {},
    data: options.data,
    execArgv: options.execArgv ?? [],
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
  };
  assertInteger(checked.processes, "processes", 1, 1000);
  assertInteger(checked.startTimeoutMs, "startTimeoutMs", 1, MAX_TIME_MS);
  assertInteger(checked.killGraceMs, "killGraceMs", 0, MAX_TIME_MS);
  assertInteger(checked.maxMessageBytes, "maxMessageBytes", 1024, MAX_BYTES);
  assertInteger(checked.maxLogBytes, "maxLogBytes", 0, MAX_BYTES);
  assertInteger(checked.memoryMb, "memoryMb", 16, 65_536);
  assertInteger(checked.maxWaiting, "maxWaiting", 0, 1_000_000);
  if (checked.onLog !== undefined) assertFunction(checked.onLog, "onLog");
  for (const [name, service] of Object.entries(checked.services)) assertFunction(service, `services.${name}`);
  if (typeof checked.cwd !== "string") throw illegalOption(`cwd must be a folder, got ${shown(checked.cwd)}`);
  return Object.freeze(checked);
}
