import { PermanentError, RetryLater } from "../subscription/index.ts";
import { XqbusError } from "../errors.ts";
import { WorkerError, type LogLine, type WorkerPool } from "../worker/index.ts";
import { TaskletFolder, type FoundTasklet } from "./tasklet-folder.ts";
import type { Tasklet, TaskletInput, TaskletParams } from "./tasklet.ts";

/** What a tasklet has written. */
export interface TaskletLog extends LogLine {
  /** Absolute path. Undefined: of what a tasklet has left running, and does after its event, such as a timer that throws. */
  readonly module: string | undefined;
  readonly eventId: string | undefined;
}

/** A tasklet that ran for an event, or failed to. Times in ms since 1970. */
export interface TaskletRun extends Pick<TaskletParams, "eventKey" | "eventId" | "eventType" | "attempt"> {
  /** Absolute path. */
  readonly module: string;
  /** `aborted`: the consumer was ended, and the event comes again. */
  readonly outcome: "succeeded" | "failed" | "aborted";
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error?: XqbusError;
}

/** How tasklets are run. */
export interface TaskletEngineOptions {
  /** How long one function of a tasklet may take, in ms. */
  readonly timeoutMs: number;
  readonly onLog: (line: TaskletLog) => void;
  readonly onTasklet: (run: TaskletRun) => void;
}

/** Events whose tasklets have ended in part, which are remembered. */
const MAX_STARTED = 10_000;

/** Runs the tasklets of a process folder for events. */
export class TaskletEngine {
  readonly folder: TaskletFolder;
  readonly #pool: WorkerPool;
  readonly #options: TaskletEngineOptions;
  /** By message id: the tasklets that have ended well while another one failed. */
  readonly #done: Map<string, Set<string>> = new Map();

  constructor(folder: string, pool: WorkerPool, options: TaskletEngineOptions) {
    this.folder = new TaskletFolder(folder, pool, options.timeoutMs);
    this.#pool = pool;
    this.#options = options;
  }

  /**
   * Runs all tasklets that match, one after the other. One that fails does not hold up the next; when all have ended, the failure is
   * thrown. The next attempt for the same event runs those only that have not ended well, as far as this process knows.
   *
   * @returns the modules that ran
   * @throws PermanentError, RetryLater, XqbusError what a tasklet failed with
   */
  async handle(params: TaskletParams, signal: AbortSignal): Promise<readonly string[]> {
    const input: TaskletInput = { params, tags: params.eventKey.split(".") };
    const done = this.#doneOf(params.eventId);
    const ran: string[] = [];
    const failures: XqbusError[] = [];
    for (const found of await this.folder.list(signal)) {
      const { module } = found;
      if (done.has(module)) continue;
      const startedAt = Date.now();
      const tell = (outcome: TaskletRun["outcome"], error?: XqbusError): void => {
        const { eventKey, eventId, eventType, attempt } = params;
        const told = { eventKey, eventId, eventType, attempt, module, outcome, startedAt, endedAt: Date.now() };
        this.#options.onTasklet(error === undefined ? told : { ...told, error });
      };
      try {
        if (await this.#run(found, input, signal)) {
          ran.push(module);
          tell("succeeded");
        }
        done.add(module);
      } catch (error) {
        if (!(error instanceof XqbusError)) throw error;
        tell(signal.aborted ? "aborted" : "failed", error);
        if (signal.aborted) throw error;
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failureOf(failures);
    if (params.eventId !== undefined) this.#done.delete(params.eventId);
    return ran;
  }

  async #run(found: FoundTasklet, input: TaskletInput, signal: AbortSignal): Promise<boolean> {
    if ("error" in found) throw found.error;
    const { tasklet } = found;
    if (!tasklet.tags.every((tag) => input.tags.includes(tag))) return false;
    if (tasklet.hasMatch && !isTrue(await this.#call(tasklet, "match", input, signal))) return false;
    await this.#call(tasklet, "main", input, signal);
    return true;
  }

  #call({ module }: Tasklet, name: string, input: TaskletInput, signal: AbortSignal): Promise<unknown> {
    const { timeoutMs, onLog } = this.#options;
    const { eventId } = input.params;
    return this.#pool.call({
      ...{ module, export: name, args: [input], timeoutMs, signal },
      onLog: (line) => onLog({ ...line, module, eventId }),
      ...(eventId === undefined ? {} : { key: eventId }),
    });
  }

  #doneOf(eventId: string | undefined): Set<string> {
    const known = eventId === undefined ? undefined : this.#done.get(eventId);
    const done = known ?? new Set<string>();
    if (eventId === undefined || known !== undefined) return done;
    if (this.#done.size >= MAX_STARTED) this.#done.delete(this.#done.keys().next().value ?? "");
    this.#done.set(eventId, done);
    return done;
  }
}

/** As Python sees it: 0, "", empty lists and nothing are false. */
function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** Trying again is of no use only where no tasklet gains by it. */
function failureOf(failures: readonly XqbusError[]): XqbusError {
  const [first] = failures;
  const message = failures.map((failure) => failure.message).join("; ");
  const errors = failures.filter((failure) => failure instanceof WorkerError);
  if (errors.length === failures.length && errors.every(({ isPermanent }) => isPermanent)) {
    return new PermanentError(message, { cause: first });
  }
  const delays = errors.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  if (delays.length === failures.length) return new RetryLater(Math.min(...delays), message, { cause: first });
  return failures.length === 1 && first !== undefined
    ? first
    : new XqbusError("xqbus:code-failed", message, { cause: first });
}
