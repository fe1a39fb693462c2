import type { Log } from "../log/index.ts";

/** What has to be closed in the end, the last one first; nothing that fails or hangs keeps the others open. */
export class Closers {
  readonly #steps: { readonly name: string; readonly close: (leftMs: number) => Promise<void> }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param close gets the ms that are left for all of them together */
  add(name: string, close: (leftMs: number) => Promise<void>): void {
    this.#steps.push({ name, close });
  }

  /**
   * Closes all of them. Never rejects.
   *
   * @returns whether all were closed within the time
   */
  async close(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    let isInTime = true;
    // Also what is added meanwhile by something that was just starting.
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { name, close } = step;
      const leftMs = Math.max(Math.round(end - performance.now()), LEAST_MS);
      try {
        if (await within(close(leftMs), leftMs)) continue;
        isInTime = false;
        this.#log.write("warn", `${name}: did not end in time`);
      } catch (error) {
        this.#log.write("error", `${name}: could not be closed in order`, { error });
      }
    }
    return isInTime;
  }
}

/** What comes last has a moment, too, whatever the others took. */
const LEAST_MS = 200;

async function within(closing: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([closing.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
