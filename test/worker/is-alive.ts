import { existsSync, readFileSync } from "node:fs";

/** Whether there is such a process; one that nobody has waited for yet is none. */
export function isAlive(pid: number): boolean {
  const status = `/proc/${pid}/stat`;
  if (existsSync("/proc/self")) return existsSync(status) && !/\) Z /.test(readFileSync(status, "utf8"));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
