import { Counter, Histogram } from "prom-client";
import type { ActionService, RunCounts } from "../../../action/index.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** Bounds in seconds: from an action that inserts a row to a workflow that waits for a day. */
const LONG_SECONDS: readonly number[] = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400];
/** How long the counts of a database are used again, in ms: there are several gauges, and several that ask. */
const FRESH_MS = 1000;
/** Steps that take no time of anybody. */
const SILENT_KINDS: readonly string[] = ["delay", "decision"];

type ShownActions = Pick<ActionService, "runs" | "onAttempt" | "failure">;

/** Shows what actions and workflows do: the runs that there are, in the database; attempts and ends of runs, since the daemon started. */
export function addActionMetrics(metrics: HttpMetrics, actions: ShownActions): void {
  const counts = freshCounts(actions);
  metrics.gauge(
    "xqbus_runs",
    "Runs that are kept, by kind and state; none while the database cannot be reached",
    async (gauge) => {
      for (const { kind, state, count } of (await counts())?.runs ?? []) gauge.set({ kind, state }, count);
    },
    ["kind", "state"],
  );
  metrics.gauge(
    "xqbus_runs_oldest_due_seconds",
    "For how long the oldest run waits that could begin",
    async (gauge) => {
      const { oldestDueAt } = (await counts()) ?? {};
      gauge.set(oldestDueAt === undefined ? 0 : Math.max(0, actions.runs.now - oldestDueAt) / 1000);
    },
  );
  metrics.gauge("xqbus_runs_blocked", "1 while runs cannot be taken, because of the database", (gauge) =>
    gauge.set(actions.failure === undefined ? 0 : 1),
  );
  measureAttempts(metrics, actions);
  measureEnds(metrics, actions);
}

/** Measures attempts. Ids of actions are no labels: each would have a whole histogram. */
function measureAttempts({ registry }: HttpMetrics, actions: ShownActions): void {
  const registers = [registry];
  const attempts = new Histogram({
    name: "xqbus_run_attempt_duration_seconds",
    help: "Attempts to carry out actions, by what became of them",
    labelNames: ["outcome"],
    buckets: [...LONG_SECONDS],
    registers,
  });
  const retries = new Counter({
    name: "xqbus_run_retries_total",
    help: "Attempts that failed and that another one follows",
    registers,
  });
  actions.onAttempt(({ run, outcome, durationMs }) => {
    attempts.observe({ outcome }, durationMs / 1000);
    if (outcome === "failed" && run.state === "waiting") retries.inc();
  });
}

function measureEnds({ registry }: HttpMetrics, { runs }: ShownActions): void {
  const ends = new Histogram({
    name: "xqbus_run_duration_seconds",
    help: "Runs that this daemon has ended, from their recording to their end, by kind (action, workflow) and state",
    labelNames: ["kind", "state"],
    buckets: [...LONG_SECONDS],
    registers: [registry],
  });
  runs.afterEnd(({ kind, state, createdAt, endedAt = createdAt }) => {
    if (!SILENT_KINDS.includes(kind)) ends.observe({ kind, state }, (endedAt - createdAt) / 1000);
  });
}

/** The counts; undefined: the database cannot be reached, which is no reason for having no metrics. */
function freshCounts({ runs }: ShownActions): () => Promise<RunCounts | undefined> {
  let asked: { readonly at: number; readonly counts: Promise<RunCounts | undefined> } | undefined;
  return () => {
    const now = performance.now();
    if (asked === undefined || now - asked.at > FRESH_MS) {
      asked = { at: now, counts: runs.counts().catch(() => undefined) };
    }
    return asked.counts;
  };
}
