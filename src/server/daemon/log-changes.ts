import type { ChangeReport } from "../../daemon/index.ts";
import type { Log } from "../log/index.ts";

/** Tells the log what happens to files that are followed. */
export function logChanges(log: Log): ChangeReport {
  return {
    note: (text) => log.write("info", text),
    problem: (text, error) =>
      log.write("error", text, error instanceof Error && "code" in error ? { code: error.code } : {}),
  };
}
