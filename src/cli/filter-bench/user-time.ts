/** User CPU time in microseconds that a call takes: on a shared machine the wall clock measures the neighbours, too. */
export function userTime(work: () => void): number {
  const { user } = process.cpuUsage();
  work();
  return process.cpuUsage().user - user;
}

/** The middle one of some numbers, of which there is at least one. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
