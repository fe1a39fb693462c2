import type { RunLogLine } from "./run.ts";
import type { RunQueue } from "./run-queue.ts";

/** Lines of one attempt that are kept at most. */
const MAX_LINES = 5000;
/** How long a line may wait, in ms. */
const FLUSH_MS = 500;

/** Brings what one attempt writes to the queue, in batches. */
export class RunLog {
  readonly #queue: RunQueue;
  readonly #run: string;
  readonly #attempt: number;
  #lines: RunLogLine[] = [];
  #count = 0;
  #kept = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(queue: RunQueue, run: string, attempt: number) {
    this.#queue = queue;
    this.#run = run;
    this.#attempt = attempt;
  }

  readonly add = ({ at, level, text }: Omit<RunLogLine, "attempt">): void => {
    this.#count++;
    if (this.#count > MAX_LINES + 1) return;
    const isLast = this.#count > MAX_LINES;
    // PostgreSQL has no text with a zero in it.
    const kept = isLast ? `more than ${MAX_LINES} lines; the rest is left out` : text.replaceAll("\0", "�");
    this.#lines.push({ attempt: this.#attempt, at, level: isLast ? "warn" : level, text: kept });
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  };

  /** Never rejects: lines that cannot be written now are tried again with the next ones. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async #write(): Promise<void> {
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    try {
      await this.#queue.addLogs(this.#run, this.#kept + 1, lines);
      this.#kept += lines.length;
    } catch {
      this.#lines = [...lines, ...this.#lines];
    }
  }
}
