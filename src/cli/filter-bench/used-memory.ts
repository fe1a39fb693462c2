import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Bytes that are in use when all garbage is collected. */
export function usedMemory(): number {
  collect ??= garbageCollector();
  // What the first one finds dead only lets the second one find the rest.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Node gives it to new contexts once the flag is set, so that nobody has to start the command in a special way. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
