import type { Router } from "../../../router/index.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** A backlog of more routes is that of a broker in trouble, and `xqbus_router_set_aside_total` says so. */
const MOST_ROUTES = 1000;

/** Shows what the router does since the daemon started, and what waits for queues. */
export function addRouterMetrics(metrics: HttpMetrics, router: Pick<Router, "counts" | "health">): void {
  for (const [name, count, help] of [
    ["xqbus_router_received_total", "received", "Events that came to this process, repetitions included"],
    ["xqbus_router_forwarded_total", "forwarded", "Events whose copies all have their place"],
    ["xqbus_router_copied_total", "copied", "Copies that their queues have"],
    ["xqbus_router_set_aside_total", "setAside", "Copies that went to the backlog in the database"],
    ["xqbus_router_invalid_total", "invalid", "Messages that were no events"],
  ] as const) {
    metrics.counter(name, help, (counter) => counter.inc(router.counts[count]));
  }
  metrics.gauge("xqbus_router_routes", "Routes", (gauge) => gauge.set(router.counts.routes));
  metrics.gauge("xqbus_router_waiting", "Events under way", (gauge) => gauge.set(router.counts.waiting));
  metrics.gauge(
    "xqbus_router_backlog",
    "Copies in the database that wait for their queue",
    async (gauge) => {
      const { backlog } = await router.health();
      for (const { route, waiting } of backlog.slice(0, MOST_ROUTES)) gauge.set({ route }, waiting);
    },
    ["route"],
  );
}
