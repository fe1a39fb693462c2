import { readFileSync } from "node:fs";

/** Clock ticks per second in /proc; every Linux that Node runs on has 100 (proc(5), `sysconf(_SC_CLK_TCK)`). */
const TICKS_PER_SECOND = 100;

/** User CPU time of another process with all its threads so far, in microseconds, by steps of 10 ms; undefined elsewhere than on Linux. */
export function userTimeOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  // The fields behind the name of the program, which may hold spaces, begin with field 3; utime is field 14 (proc(5)).
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[14 - 3]) * 1_000_000) / TICKS_PER_SECOND;
}
