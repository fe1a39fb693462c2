import { Counter, Histogram } from "prom-client";
import type { AttemptReport, KeptCounts, Listener, ListenerState } from "../../../listener/index.ts";
import type { DaemonParts } from "../../parts.ts";
import { SECONDS } from "./buckets.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** Listeners that have series of their own; those beyond are left out, the first ones stay. */
const MAX_LISTENERS = 1000;

const COUNTERS: readonly (readonly [name: string, count: keyof KeptCounts, help: string])[] = [
  ["xqbus_listener_matched_total", "matched", "Events that the listener wanted"],
  ["xqbus_listener_delivered_total", "delivered", "Deliveries that the receiver took"],
  [
    "xqbus_listener_failed_attempts_total",
    "failedAttempts",
    "Attempts to deliver that failed; all but the last of a delivery are tried again",
  ],
  ["xqbus_listener_dead_letters_total", "deadLettered", "Deliveries that were given up"],
  ["xqbus_listener_filter_errors_total", "filterErrors", "Evaluations of the listener's filter that failed"],
];

const STATES: readonly ListenerState[] = ["active", "paused", "broken", "disabled", "failed"];

type AttemptedListeners = Pick<DaemonParts, "listeners" | "onAttempt">;

/** Shows what the listeners do: counts of this process since it started (whoever collects them adds up processes), what waits, and whether the breaker is open (state `broken`). */
export function addListenerMetrics(metrics: HttpMetrics, { listeners, onAttempt }: AttemptedListeners): void {
  const shown = (): readonly Listener[] => listeners.list().slice(0, MAX_LISTENERS);
  const labels = ({ id, notifier }: Listener): { readonly listener: string; readonly notifier: string } => ({
    listener: id,
    notifier,
  });
  for (const [name, count, help] of COUNTERS) {
    const collect = (counter: { inc(labels: object, value: number): void }): void => {
      for (const listener of shown()) counter.inc(labels(listener), listeners.countsHere(listener.id)[count]);
    };
    metrics.counter(name, help, collect, ["listener", "notifier"]);
  }
  metrics.gauge(
    "xqbus_listener_waiting",
    "Deliveries that wait for their first or next attempt",
    (gauge) => {
      for (const listener of shown()) gauge.set(labels(listener), listener.counts.waiting);
    },
    ["listener", "notifier"],
  );
  metrics.gauge(
    "xqbus_listeners",
    "Listeners by state; broken: the circuit breaker is open",
    (gauge) => {
      const all = listeners.list();
      for (const state of STATES) gauge.set({ state }, all.filter((listener) => listener.state === state).length);
    },
    ["state"],
  );
  if (onAttempt !== undefined) onAttempt(attemptMetrics(metrics));
}

/** Measures attempts. Ids of listeners are no labels here: each would have a whole histogram. */
function attemptMetrics({ registry }: HttpMetrics): (report: AttemptReport) => void {
  const registers = [registry];
  const buckets = [...SECONDS];
  const attempts = new Histogram({
    name: "xqbus_delivery_attempt_duration_seconds",
    help: "Attempts to deliver, by the kind of notifier and what became of them",
    labelNames: ["notifier", "outcome"],
    buckets,
    registers,
  });
  const latencies = new Histogram({
    name: "xqbus_delivery_latency_seconds",
    help: "From the moment when the daemon had an event to the one when a receiver had taken it",
    labelNames: ["notifier"],
    buckets,
    registers,
  });
  const retries = new Counter({
    name: "xqbus_delivery_retries_total",
    help: "Attempts that failed and that another one follows",
    labelNames: ["notifier"],
    registers,
  });
  return ({ notifier, attempt, acceptedAt, next }) => {
    const { outcome, startedAt, endedAt } = attempt;
    attempts.observe({ notifier, outcome }, (endedAt - startedAt) / 1000);
    if (outcome === "delivered") latencies.observe({ notifier }, (endedAt - acceptedAt) / 1000);
    if (next === "retry") retries.inc({ notifier });
  };
}
