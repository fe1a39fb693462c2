import type { ArchiveService } from "../../../archive/index.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** Shows what archiving does since the daemon started. */
export function addArchiveMetrics(metrics: HttpMetrics, archive: Pick<ArchiveService, "counts" | "health">): void {
  for (const [name, count, help] of [
    ["xqbus_archive_events_total", "written", "Events that were archived, repetitions included"],
    ["xqbus_archive_batches_total", "batches", "Batches in which they were written"],
    ["xqbus_archive_failures_total", "failures", "Batches that could not be written"],
    ["xqbus_archive_refused_total", "refused", "Events that the database does not take, which are dead letters"],
  ] as const) {
    metrics.counter(name, help, (counter) => counter.inc(archive.counts[count]));
  }
  metrics.gauge("xqbus_archive_waiting", "Events that came and are not written yet", (gauge) =>
    gauge.set(archive.health.waiting),
  );
  metrics.gauge("xqbus_archive_lag_seconds", "From the sending of the last event to its archiving", (gauge) =>
    gauge.set(archive.health.lagMs / 1000),
  );
}
