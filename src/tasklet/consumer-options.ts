import { assertFunction, assertInteger } from "../assert-option.ts";
import type { ConnectOptions, ConsumerOptions } from "../amqp/index.ts";
import type { XqbusError } from "../errors.ts";
import type { WorkerPoolOptions } from "../worker/index.ts";
import type { ConsumerConfig } from "./consumer-config.ts";
import type { TaskletLog, TaskletRun } from "./tasklet-engine.ts";

/** An event whose tasklets have ended. */
export interface HandledEvent {
  readonly eventKey: string;
  readonly eventId: string | undefined;
  readonly eventType: string;
  readonly attempt: number;
  /** Absolute paths of the tasklets that ran, in their order. */
  readonly ran: readonly string[];
}

/** What may be said of a consumer of a folder. Times in ms. */
export interface TaskletConsumerOptions extends Pick<ConsumerOptions, "retry" | "deadLetterTo" | "onDeadLetter"> {
  /** Name of the durable subscription that all processes of this consumer share. Default `xqbus.consumer.<name>`. */
  readonly subscription?: string;
  /** How long one function of a tasklet may take. Default 60,000. */
  readonly timeoutMs?: number;
  /** How often `consumer.cfg` is looked at. Default 1000. */
  readonly reloadMs?: number;
  /** Whether a `consumer.cfg` that cannot be used at first is told to `onError` and waited for, instead of being an error. Default false. */
  readonly waitsForConfig?: boolean;
  /** How long `close` waits for events that are being handled. Default 10,000. */
  readonly closeTimeoutMs?: number;
  /** What the worker processes are. */
  readonly pool?: Pick<WorkerPoolOptions, "memoryMb" | "killGraceMs" | "env" | "cwd" | "data" | "execArgv">;
  /** How the broker is reached. */
  readonly connect?: ConnectOptions;
  readonly onLog?: (line: TaskletLog) => void;
  readonly onHandled?: (event: HandledEvent) => void;
  /** Hears of each tasklet that has ended, whatever became of it; those that did not match are left out. */
  readonly onTasklet?: (run: TaskletRun) => void;
  /** Hears of failed tasklets, of a changed `consumer.cfg` that cannot be used, and of what the connection says. */
  readonly onError?: (error: XqbusError) => void;
  /** Hears of settings that took effect, at first and after each change. */
  readonly onConfig?: (config: ConsumerConfig) => void;
}

type Default =
  | "timeoutMs"
  | "reloadMs"
  | "waitsForConfig"
  | "closeTimeoutMs"
  | "pool"
  | "connect"
  | "onLog"
  | "onHandled"
  | "onTasklet"
  | "onError"
  | "onConfig";

/** The options with their defaults. */
export type CheckedTaskletOptions = Required<Pick<TaskletConsumerOptions, Default>> &
  Omit<TaskletConsumerOptions, Default>;

const MAX_TIME_MS = 24 * 60 * 60 * 1000;
const NOTHING = (): void => undefined;

/** @throws XqbusError `xqbus:illegal-argument` naming the option */
export function checkTaskletOptions(options: TaskletConsumerOptions): CheckedTaskletOptions {
  const checked: CheckedTaskletOptions = {
    ...{ timeoutMs: 60_000, reloadMs: 1000, waitsForConfig: false, closeTimeoutMs: 10_000, pool: {}, connect: {} },
    ...{ onLog: NOTHING, onHandled: NOTHING, onTasklet: NOTHING, onError: NOTHING, onConfig: NOTHING },
    ...options,
  };
  for (const name of ["timeoutMs", "reloadMs"] as const) assertInteger(checked[name], name, 1, MAX_TIME_MS);
  assertInteger(checked.closeTimeoutMs, "closeTimeoutMs", 0, MAX_TIME_MS);
  for (const name of ["onLog", "onHandled", "onTasklet", "onError", "onConfig"] as const)
    assertFunction(checked[name], name);
  return checked;
}
