import { Worker } from "node:worker_threads";
import type { Assembly } from "./assemble.ts";

/**
 * Compiles a schema in a thread of its own, only to see whether it ends.
 *
 * @returns false when it did not end in time, or not well
 */
export function tryInThread(
  { documents, entry }: Pick<Assembly, "documents" | "entry">,
  timeoutMs: number,
): Promise<boolean> {
  const worker = new Worker(new URL(WORKER, import.meta.url), {
    name: "xqbus schema trial",
    workerData: { documents, entry },
    execArgv: [],
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), Math.min(timeoutMs, MAX_TIMER_MS));
    const end = (isFine: boolean): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(isFine);
    };
    worker.once("message", () => end(true));
    worker.once("error", () => end(false));
    worker.once("exit", () => end(false));
  });
}

/** As that of large documents: not every release of Node.js can read TypeScript, and dist/ is built where the sources run as they are. */
const WORKER: string = import.meta.url.endsWith(".ts")
  ? "../../../dist/schema/assemble/trial-worker.js"
  : "./trial-worker.js";

/** `setTimeout` fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;
