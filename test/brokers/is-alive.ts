import { readFileSync } from "node:fs";

/** Whether a process with that number runs. One that has ended but was not waited for (state Z on Linux) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return processState(pid) !== "Z";
}

/** The letter of /proc/PID/stat behind the command in parentheses; undefined on systems without that file. */
function processState(pid: number): string | undefined {
  try {
    return /^\d+ \(.*\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1];
  } catch {
    return undefined;
  }
}
