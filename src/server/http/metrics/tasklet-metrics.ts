import { Counter, Histogram } from "prom-client";
import type { TaskletRecord, TaskletRecords } from "../../tasklet-records/index.ts";
import { SECONDS } from "./buckets.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** Tasklets that have series of their own; others are `other`, since their names come from outside. */
const MAX_TASKLETS = 1000;
const OTHER = "other";

/** Shows what consumers in folders have told this daemon since it started. */
export function addTaskletMetrics({ registry }: HttpMetrics, records: Pick<TaskletRecords, "onReport">): void {
  const registers = [registry];
  const runs = new Counter({
    name: "xqbus_tasklet_runs_total",
    help: "What tasklets of consumers in folders did for events, as the consumers tell it; unwanted: none of the consumer wanted the event",
    labelNames: ["consumer", "tasklet", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "xqbus_tasklet_duration_seconds",
    help: "Runs of tasklets by what became of them",
    labelNames: ["outcome"],
    buckets: [...SECONDS],
    registers,
  });
  const dropped = new Counter({
    name: "xqbus_tasklet_records_dropped_total",
    help: "Records of tasklets that consumers could not keep until a daemon took them",
    registers,
  });
  const known = new Set<string>();
  const labelsOf = ({ consumer, tasklet = "" }: TaskletRecord): { consumer: string; tasklet: string } => {
    const key = JSON.stringify([consumer, tasklet]);
    if (known.size < MAX_TASKLETS) known.add(key);
    return known.has(key) ? { consumer, tasklet } : { consumer: OTHER, tasklet: OTHER };
  };
  records.onReport((report) => {
    dropped.inc(report.dropped ?? 0);
    for (const record of report.records) {
      const { outcome, startedAt, endedAt } = record;
      runs.inc({ ...labelsOf(record), outcome });
      if (outcome !== "unwanted") durations.observe({ outcome }, Math.max(0, endedAt - startedAt) / 1000);
    }
  });
}
