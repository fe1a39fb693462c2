/** A thread that ends a process whose parent is gone, also while its code is in an endless loop. */
import { workerData } from "node:worker_threads";
import { killGroup } from "./kill-group.ts";

const EVERY_MS = 1000;

const parent = workerData as number;
setInterval(() => {
  if (process.ppid !== parent) killGroup(process.pid);
}, EVERY_MS);
