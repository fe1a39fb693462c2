import { Worker } from "node:worker_threads";
import type { StorageSetup } from "./storage-setup.ts";
import type { StorageAnswer, StorageRequest } from "./worker-messages.ts";

/** The storage thread as its owner sees it; a `Worker` is one. */
export interface StorageThread {
  postMessage(request: StorageRequest): void;
  on(event: "message", listener: (answer: StorageAnswer) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  terminate(): unknown;
}

/** Starts the thread that opens the file. It takes none of the process's options. */
export function startWorker(setup: StorageSetup): StorageThread {
  return new Worker(new URL(WORKER, import.meta.url), {
    name: "xqbus storage",
    workerData: setup,
    // Node.js 22 and 24 warn that their SQLite is young; libraries do not print.
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
}

/** The compiled worker: not every release of Node.js can read TypeScript. Where the sources run as they are (tests), dist/ is built before. */
const WORKER: string = import.meta.url.endsWith(".ts") ? "../../dist/storage/worker.js" : "./worker.js";
