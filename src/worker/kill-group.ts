/** Ends a process that leads a group, and all that it has started. One that is gone is no error. */
export function killGroup(pid: number): void {
  // Windows has no groups.
  for (const target of process.platform === "win32" ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      continue;
    }
  }
}
