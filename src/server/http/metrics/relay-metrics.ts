import { setTimeout as wait } from "node:timers/promises";
import { producerState, type ProducerState, type Relays } from "../../../producer/index.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** How long a database may take to say how many events wait; later, or away, it has no value. */
const MAX_WAIT_MS = 1000;

/** Shows what the relays do since the daemon started, and what waits for them. */
export function addRelayMetrics(metrics: HttpMetrics, relays: Pick<Relays, "list" | "use">): void {
  for (const [name, count, help] of [
    [
      "xqbus_producer_published_total",
      "published",
      "Events of outboxes that the bus has accepted, repetitions included",
    ],
    ["xqbus_producer_parked_total", "parked", "Events of outboxes that were put aside"],
  ] as const) {
    const collect = (counter: { inc(labels: object, value: number): void }): void => {
      for (const { database, counts } of relays.list()) counter.inc({ database }, counts[count]);
    };
    metrics.counter(name, help, collect, ["database"]);
  }
  metrics.gauge(
    "xqbus_producer_failing",
    "1: events wait in the outbox, because the database or the bus is away, or nothing is installed",
    (gauge) => {
      for (const { database, state } of relays.list()) gauge.set({ database }, state === "failing" ? 1 : 0);
    },
    ["database"],
  );
  metrics.gauge(
    "xqbus_producer_waiting",
    "Events in the outbox that wait for the relay",
    async (gauge) => {
      const states = await Promise.all(relays.list().map(async ({ database }) => stateOf(relays, database)));
      for (const [database, state] of states) if (state !== undefined) gauge.set({ database }, state.waiting);
    },
    ["database"],
  );
}

async function stateOf(
  relays: Pick<Relays, "use">,
  database: string,
): Promise<readonly [database: string, state: ProducerState | undefined]> {
  const asked = relays.use(database, producerState).catch(() => undefined);
  return [database, await Promise.race([asked, wait(MAX_WAIT_MS, undefined, { ref: false })])];
}
