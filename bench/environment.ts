import { availableParallelism, cpus, loadavg } from "node:os";

/** Where and when numbers were taken; without it they say nothing. */
export interface Environment {
  /** `2026-01-31` */
  readonly date: string;
  readonly node: string;
  /** `linux x64` */
  readonly platform: string;
  readonly cores: number;
  readonly cpu: string;
  /** Load average of the last minute. */
  readonly load: number;
}

/** The machine as it is now. */
export function environment(): Environment {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    load: loadavg()[0] ?? NaN,
  };
}

/** One line. The load includes what the neighbours on the machine do. */
export function formatEnvironment({ date, node, platform, cores, cpu, load }: Environment): string {
  return `${date}, Node ${node} on ${platform}, ${cores} cores (${cpu}), load average ${load.toFixed(2)} at the start`;
}
