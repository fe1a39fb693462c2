import { randomUUID } from "node:crypto";
import type { BenchConnection, BenchEvent, BenchLoad, Consumed, Published } from "./bench-messages.ts";
import { BenchProcess } from "./bench-process.ts";
import { Histogram, type Percentiles } from "./histogram.ts";
import { MACHINE_CLOCK } from "./load-clock.ts";

/** What is to be measured. */
export interface BenchPlan {
  /** Without it a broker is started in a process of its own. */
  readonly connection: BenchConnection | undefined;
  readonly timeoutMs: number;
  readonly perSecond: number;
  readonly count: number;
  /** Events before those that count. */
  readonly warmUp: number;
  readonly consumers: number;
  readonly filter: string | undefined;
  readonly events: readonly BenchEvent[];
  readonly schemas: readonly string[] | undefined;
}

/** How a benchmark goes on while somebody waits for it. */
export interface BenchWatch {
  /** Ends the load; what was sent by then is told of. */
  readonly signal: AbortSignal;
  readonly onWarning: (message: string, code: string) => void;
  /** Called again and again. */
  readonly onProgress: (progress: () => BenchProgress) => void;
}

export interface BenchProgress {
  readonly isWarmUp: boolean;
  readonly answered: number;
  readonly received: number;
}

/** What was measured; durations in microseconds from the moment an event was due. */
export interface BenchResult {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** Outcomes a second. */
  readonly reachedPerSecond: number;
  readonly seconds: number;
  /** What all consumers together should have got of what was accepted. */
  readonly expected: number;
  readonly received: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly latencyMicros: Readonly<Record<"begun" | "accepted" | "received", Percentiles>>;
}

/** Before the first event is due, so that both ends know of it. */
const LEAD_MICROS = 50_000;

/** Runs the processes of a benchmark; they are gone when it has ended. */
export async function runBench(plan: BenchPlan, watch: BenchWatch): Promise<BenchResult> {
  const started: BenchProcess[] = [];
  const start = (name: string): BenchProcess => {
    const child = new BenchProcess(name, ({ code, message }) => watch.onWarning(`${name}: ${message}`, code));
    started.push(child);
    return child;
  };
  try {
    const connection = plan.connection ?? (await startBroker(start("broker"), plan));
    const [consumers, publisher] = [start("consumers"), start("publisher")];
    await consumers.ask({ kind: "consumers", connection, ...pick(plan, "consumers", "filter") }, "ready");
    await publisher.ask({ kind: "publisher", connection, ...pick(plan, "events", "schemas") }, "ready");
    const ends = { publisher, consumers };
    if (plan.warmUp > 0) await runLoad(plan.warmUp, true, ends, plan, watch);
    const [published, consumed] = await runLoad(plan.count, false, ends, plan, watch);
    return resultOf(plan, published, consumed);
  } finally {
    for (const child of started) child.stop();
  }
}

async function startBroker(broker: BenchProcess, { timeoutMs }: BenchPlan): Promise<BenchConnection> {
  const { url = "" } = await broker.ask({ kind: "broker" }, "ready");
  return { url, timeoutMs };
}

interface Ends {
  readonly publisher: BenchProcess;
  readonly consumers: BenchProcess;
}

async function runLoad(
  count: number,
  isWarmUp: boolean,
  { publisher, consumers }: Ends,
  plan: BenchPlan,
  { signal, onProgress }: BenchWatch,
): Promise<readonly [Published, Consumed]> {
  const id = `bench-${randomUUID()}-`;
  const load: BenchLoad = { id, start: MACHINE_CLOCK.now() + LEAD_MICROS, perSecond: plan.perSecond, count };
  await consumers.ask({ kind: "load", load }, "ready");
  onProgress(() => ({ isWarmUp, answered: publisher.done, received: consumers.done }));
  const stop = (): void => publisher.tell({ kind: "stop" });
  signal.addEventListener("abort", stop, { once: true });
  const answer = publisher.ask({ kind: "load", load }, "published");
  if (signal.aborted) stop();
  const { result: published } = await answer.finally(() => signal.removeEventListener("abort", stop));
  const expected = published.matching * plan.consumers;
  const { result: consumed } = await consumers.ask({ kind: "finish", expected }, "consumed");
  return [published, consumed];
}

function resultOf({ consumers }: BenchPlan, published: Published, consumed: Consumed): BenchResult {
  const { sent, accepted, refused, matching, seconds } = published;
  const expected = matching * consumers;
  const { received, duplicates } = consumed;
  return {
    ...{ sent, accepted, refused, seconds, reachedPerSecond: seconds === 0 ? 0 : (sent - refused) / seconds },
    ...{ expected, received, lost: Math.max(0, expected - received), duplicates },
    latencyMicros: {
      begun: Histogram.of(published.begun).percentiles,
      accepted: Histogram.of(published.answered).percentiles,
      received: Histogram.of(consumed.delays).percentiles,
    },
  };
}

function pick<T, K extends keyof T>(from: T, ...names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}
