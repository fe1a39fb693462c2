import { setTimeout as wait } from "node:timers/promises";
import type { TaskletRecord, TaskletReport } from "../../server/index.ts";

/** How a reporter tells. Times in ms. */
export interface TaskletReporterOptions {
  /** Tells a daemon; its promise settles in bounded time. */
  readonly send: (report: TaskletReport, signal: AbortSignal) => Promise<unknown>;
  /** Hears why the daemon did not take a report; each reason once until one was taken. */
  readonly onProblem: (error: Error) => void;
  /** Between two reports. Default 2,000. */
  readonly intervalMs?: number;
  /** To the next try of a report that failed; each one that fails doubles it, up to a minute. Default 5,000. */
  readonly retryMs?: number;
  /** Records that wait at most; the oldest go. Default 10,000. */
  readonly maxWaiting?: number;
}

/** Records in one report. */
const MAX_RECORDS = 500;
const MAX_RETRY_MS = 60_000;
/** How long the last report may take. */
const LAST_MS = 3000;

/**
 * Tells a daemon what tasklets did, now and then and as well as it can: records wait in memory, nobody waits for them, and those that are
 * too many are counted instead.
 */
export class TaskletReporter {
  readonly #options: Required<TaskletReporterOptions>;
  readonly #waiting: TaskletRecord[] = [];
  /** No more pauses. */
  readonly #end = new AbortController();
  /** No more reports. */
  readonly #last = new AbortController();
  readonly #running: Promise<void>;
  #dropped = 0;
  #told: string | undefined;

  constructor(options: TaskletReporterOptions) {
    this.#options = { intervalMs: 2000, retryMs: 5000, maxWaiting: 10_000, ...options };
    this.#running = this.#run();
  }

  /** Takes a record, at once. */
  add(record: TaskletRecord): void {
    this.#waiting.push(record);
    while (this.#waiting.length > this.#options.maxWaiting) {
      this.#waiting.shift();
      this.#dropped++;
    }
  }

  /** Tells what is left, if the daemon takes it soon. Never rejects. */
  async close(): Promise<void> {
    this.#end.abort();
    const late = setTimeout(() => this.#last.abort(), LAST_MS);
    await this.#running;
    while (this.#waiting.length > 0 && (await this.#tell()));
    clearTimeout(late);
    const lost = this.#waiting.splice(0).length + this.#dropped;
    if (lost > 0) this.#options.onProblem(new Error(`${lost} records of tasklets are lost`));
  }

  async #run(): Promise<void> {
    const { intervalMs, retryMs } = this.#options;
    const { signal } = this.#end;
    let pauseMs = retryMs;
    while (!signal.aborted) {
      const isTaken = this.#waiting.length === 0 || (await this.#tell());
      const isMore = isTaken && this.#waiting.length >= MAX_RECORDS;
      if (!isMore) await wait(isTaken ? intervalMs : pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = isTaken ? retryMs : Math.min(2 * pauseMs, MAX_RETRY_MS);
    }
  }

  /** @returns whether the daemon has taken it */
  async #tell(): Promise<boolean> {
    const records = this.#waiting.slice(0, MAX_RECORDS);
    const dropped = this.#dropped;
    try {
      await this.#options.send(dropped === 0 ? { records } : { records, dropped }, this.#last.signal);
    } catch (error) {
      this.#tellOfProblem(error);
      return false;
    }
    // Some of them may have gone meanwhile, and were counted then.
    const gone = this.#dropped - dropped;
    this.#waiting.splice(0, Math.max(0, records.length - gone));
    this.#dropped = Math.max(0, gone - records.length);
    this.#told = undefined;
    return true;
  }

  #tellOfProblem(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (error.message === this.#told) return;
    this.#told = error.message;
    this.#options.onProblem(error);
  }
}
