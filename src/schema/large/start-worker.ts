import { Worker } from "node:worker_threads";
import type { WorkerSetup } from "./worker-messages.ts";

/** Starts the thread that validates large documents. It gets the schema in memory, and none of the process's options. */
export function startWorker(setup: WorkerSetup): Worker {
  return new Worker(new URL(WORKER, import.meta.url), {
    name: "xqbus validation",
    workerData: setup,
    execArgv: [],
  });
}

/** The compiled worker: not every release of Node.js can read TypeScript. Where the sources run as they are (tests), dist/ is built before. */
const WORKER: string = import.meta.url.endsWith(".ts") ? "../../../dist/schema/large/worker.js" : "./worker.js";
