import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, hostname, loadavg, totalmem } from "node:os";
import { performance } from "node:perf_hooks";
import type { Event, EventMaker } from "../../event/index.ts";

/** Seconds between two measurements, as the events say it. */
const INTERVAL_SECONDS = 1;

/** Measures this machine now and says it in events: CollectD for load, memory and disk, NodeStatus for the node as a whole. */
export async function measureMachine(e: EventMaker): Promise<readonly Event[]> {
  const [load1, load5, load15] = loadavg() as [number, number, number];
  const free = freemem();
  const used = totalmem() - free;
  const disk = await statfs(process.cwd());
  return [
    collectD(e, "load", undefined, "load", [load1, load5, load15]),
    collectD(e, "memory", undefined, "memory", [used, free]),
    collectD(e, "df", process.cwd(), "df_complex", [
      (disk.blocks - disk.bavail) * disk.bsize,
      disk.bavail * disk.bsize,
    ]),
    e.Event(
      e.NodeStatus(
        e.Id(hostname()),
        e.Load(round(load1)),
        e.Latency(round(await eventLoopLatency())),
        e.Workers(availableParallelism()),
      ),
    ),
  ];
}

function collectD(
  e: EventMaker,
  plugin: string,
  instance: string | undefined,
  type: string,
  values: readonly number[],
): Event {
  return e.Event(
    e.CollectD(
      e.Host(hostname()),
      e.Plugin(plugin),
      ...(instance === undefined ? [] : [e.PluginInstance(instance)]),
      e.Type(type),
      e.Time(Date.now() / 1000),
      e.Interval(INTERVAL_SECONDS),
      e.Values(values.map(round)),
    ),
  );
}

/** Milliseconds that a callback waits for its turn. */
async function eventLoopLatency(): Promise<number> {
  const start = performance.now();
  await new Promise((resolve) => setImmediate(resolve));
  return performance.now() - start;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
