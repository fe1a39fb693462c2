/** What a round of durable accepts has shown. */
export interface Accepts {
  readonly perSecond: number;
  /** Ms from the moment at which a message was handed over until it was on disk, one for each. */
  readonly delays: readonly number[];
  /** CPU time of all threads, user and system, in microseconds per message. */
  readonly cpuMicros: number;
}

/** Measures a round, which gives the delays of its messages. */
export async function accepts(round: () => Promise<readonly number[]>): Promise<Accepts> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const delays = await round();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: delays.length / seconds, delays, cpuMicros: (user + system) / delays.length };
}

/** The delay, in microseconds, that 1 of 100 messages exceeds. */
export function p99Micros({ delays }: Accepts): number {
  return (delays.toSorted((a, b) => a - b)[Math.ceil(delays.length * 0.99) - 1] ?? NaN) * 1000;
}
