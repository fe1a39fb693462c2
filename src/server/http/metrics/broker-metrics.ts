import type { Broker, BrokerCounts, QueueState } from "../../../broker/index.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** Queues and subscriptions that have series of their own: those with the most messages. */
const MAX_QUEUES = 500;

/** Counts that only grow. */
const COUNTERS: readonly (keyof BrokerCounts)[] = [
  "received",
  "bytes",
  "refused",
  "unrouted",
  "delivered",
  "redelivered",
  "accepted",
  "rejected",
  "released",
  "modified",
  "dropped",
  "expired",
  "deadLettered",
  "damaged",
  "failedLogins",
  "denied",
  "withheld",
  "faults",
];
const GAUGES: readonly (keyof BrokerCounts)[] = ["connections", "links", "queuedBytes"];

/** Shows what the embedded broker does: its counts, and depth and age of queues and subscriptions. */
export function addBrokerMetrics(metrics: HttpMetrics, broker: Broker): void {
  for (const name of COUNTERS) {
    metrics.counter(`xqbus_broker_${snakeCase(name)}_total`, `BrokerCounts.${name} since the start`, (counter) =>
      counter.inc(broker.counts[name]),
    );
  }
  for (const name of GAUGES) {
    metrics.gauge(`xqbus_broker_${snakeCase(name)}`, `BrokerCounts.${name} now`, (gauge) =>
      gauge.set(broker.counts[name]),
    );
  }
  const labelNames = ["kind", "address", "name"] as const;
  const each = (show: (labels: QueueLabels, state: ShownQueue) => void) => (): void => {
    for (const queue of largest(broker)) show({ kind: queue.kind, address: queue.address, name: queue.name }, queue);
  };
  metrics.gauge(
    "xqbus_queue_messages",
    "Messages of a queue or subscription",
    (gauge) => each((labels, { messages }) => gauge.set(labels, messages))(),
    labelNames,
  );
  metrics.gauge(
    "xqbus_queue_oldest_age_seconds",
    "For how long the oldest message waits",
    (gauge) => each((labels, { oldestAgeMs = 0 }) => gauge.set(labels, oldestAgeMs / 1000))(),
    labelNames,
  );
  metrics.counter(
    "xqbus_queue_filter_errors_total",
    "Evaluations of filters of consumers that failed",
    (counter) => each((labels, { filterErrors }) => counter.inc(labels, filterErrors))(),
    labelNames,
  );
}

interface QueueLabels {
  readonly kind: "queue" | "subscription";
  readonly address: string;
  readonly name: string;
}

type ShownQueue = QueueLabels & QueueState & { readonly filterErrors: number };

function largest({ management }: Broker): readonly ShownQueue[] {
  const queues = management.queues().map((queue) => ({ ...queue, kind: "queue" as const, name: "" }));
  const subscriptions = management
    .subscriptions()
    .map((each) => ({ ...each, kind: "subscription" as const, address: each.topic }));
  return [...queues, ...subscriptions].sort((a, b) => b.messages - a.messages).slice(0, MAX_QUEUES);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
