import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryHandledIds, PermanentError, RetryLater } from "../../src/subscription/index.ts";
import { run, sleep, type Running } from "./run-subscription.ts";
import { settled, type ScriptedDelivery } from "./scripted-source.ts";

/** How one attempt goes: how long it takes, and how it ends; `hang` ends by no means, `late` ends when it is aborted. */
interface Script {
  readonly takesMs: number;
  readonly end: "ok" | "fail" | "later" | "never" | "hang" | "late";
}

const script = fc.record<Script>({
  takesMs: fc.integer({ min: 0, max: 300 }),
  end: fc.oneof(
    { weight: 4, arbitrary: fc.constant("ok" as const) },
    { weight: 4, arbitrary: fc.constantFrom("fail" as const, "later" as const) },
    { weight: 1, arbitrary: fc.constantFrom("never" as const, "hang" as const, "late" as const) },
  ),
});

const scenario = fc.record({
  events: fc.array(
    fc.record({
      id: fc.nat({ max: 30 }).map(String),
      key: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
      afterMs: fc.integer({ min: 0, max: 100 }),
      settleMs: fc.constantFrom(0, 0, 20),
      scripts: fc.array(script, { maxLength: 4 }),
    }),
    { maxLength: 40 },
  ),
  concurrency: fc.integer({ min: 1, max: 5 }),
  more: fc.integer({ min: 0, max: 20 }),
  perSecond: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
  recognises: fc.boolean(),
  stopAfterMs: fc.integer({ min: 0, max: 6000 }),
  pauseAtMs: fc.integer({ min: 0, max: 3000 }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

/** What happened: `begin` and `end` of attempts, `settle` of deliveries. */
interface Happened {
  readonly what: "begin" | "end" | "settle";
  readonly delivery: ScriptedDelivery;
  readonly time: number;
  readonly inFlight: number;
}

/** Plays a scenario until the subscription has stopped, and gives what happened. */
async function play(given: Scenario): Promise<{ readonly happened: readonly Happened[]; readonly running: Running }> {
  const happened: Happened[] = [];
  const scripts = new Map<string, Script[]>();
  const note = (what: Happened["what"], delivery: ScriptedDelivery): void => {
    const { clock, subscription } = running;
    happened.push({ what, delivery, time: clock.now(), inFlight: subscription.counts.inFlight });
  };
  const handler = async (delivery: ScriptedDelivery, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
    note("begin", delivery);
    const { takesMs, end } = scripts.get(delivery.origin ?? "")?.shift() ?? { takesMs: 0, end: "ok" };
    if (end === "hang") return new Promise(() => undefined);
    if (end === "late") await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await sleep(running.clock, takesMs);
    note("end", delivery);
    if (end === "fail") throw new Error("no");
    if (end === "later") throw new RetryLater(takesMs);
    if (end === "never") throw new PermanentError("no");
  };
  const { concurrency, more, perSecond, recognises } = given;
  const running: Running = await run(handler, {
    ...{ concurrency, maxPending: concurrency + more, handlerTimeoutMs: 400, abortGraceMs: 50 },
    ...{ retry: "4x exponential 50ms..500ms jitter 0.5", orderBy: ({ key }: ScriptedDelivery) => key },
    ...(perSecond !== undefined && { rate: `${perSecond}/s` }),
    ...(recognises && { handled: new MemoryHandledIds() }),
  });
  const { clock, source, subscription, pass } = running;
  let time = 0;
  for (const [index, { id, key, afterMs, settleMs, scripts: plan }] of given.events.entries()) {
    const origin = String(index);
    scripts.set(origin, [...plan]);
    const onSettle = (): void | Promise<void> => {
      const delivery = source.deliveries[index];
      if (delivery !== undefined) note("settle", delivery);
      return settleMs === 0 ? undefined : sleep(clock, settleMs);
    };
    clock.at((time += afterMs), () => void source.add(id, { origin, onSettle, ...(key !== undefined && { key }) }));
  }
  clock.at(given.pauseAtMs, () => subscription.pause());
  clock.at(given.pauseAtMs + 200, () => subscription.resume());
  await pass(given.stopAfterMs);
  const stop = subscription.stop({ timeoutMs: 1000 });
  await pass(1000);
  await stop;
  // What comes too late goes back, too.
  await pass(10_000);
  await settled();
  return { happened, running };
}

/** Checks that hold for every scenario. */
function check(given: Scenario, happened: readonly Happened[], { source, subscription }: Running): void {
  const came = source.deliveries.slice(0, subscription.counts.received);

  // Each delivery that came has one outcome, and only one.
  expect(came.map(({ outcomes }) => outcomes.length)).toEqual(came.map(() => 1));
  const { handled, duplicates, returned, deadLettered, received, counts } = {
    ...subscription.counts,
    counts: subscription.counts,
  };
  expect(handled + duplicates + returned + deadLettered).toBe(received);
  expect(counts).toMatchObject({ waiting: 0, starting: 0, inFlight: 0, held: 0, settling: 0 });

  // Not more at the same time than allowed, those that were left alone counted apart.
  const begins = happened.filter(({ what }) => what === "begin");
  let running = 0;
  for (const { what, inFlight } of happened) {
    expect(inFlight).toBeLessThanOrEqual(given.concurrency);
    if (what === "begin") running++;
    if (what === "end") running--;
    expect(running).toBeLessThanOrEqual(2 * given.concurrency);
  }

  // Not faster than allowed: one after the other, with the time between them.
  if (given.perSecond !== undefined) {
    for (const [index, { time }] of begins.slice(1).entries()) {
      expect(time - (begins[index]?.time ?? 0)).toBeGreaterThanOrEqual(1000 / given.perSecond - 1e-6);
    }
  }

  // Of one key, an attempt begins only when all deliveries that came before have their outcome.
  const position = new Map(source.deliveries.map((delivery, index) => [delivery, index]));
  const settledOnes = new Set<ScriptedDelivery>();
  for (const { what, delivery } of happened) {
    if (what === "settle") settledOnes.add(delivery);
    if (what !== "begin" || delivery.key === undefined) continue;
    const before = source.deliveries.slice(0, position.get(delivery)).filter(({ key }) => key === delivery.key);
    expect(before.filter((each) => !settledOnes.has(each))).toEqual([]);
  }

  // An event that is recognised is handled once.
  if (given.recognises) {
    const accepted = came.filter(({ outcomes: [outcome] }) => outcome?.kind === "accepted" && !outcome.duplicate);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(accepted.length);
  } else {
    expect(duplicates).toBe(0);
  }
}

describe("a subscription, whatever happens", () => {
  it(
    "keeps the order of keys, the concurrency and the rate, and settles each delivery exactly once",
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async (given) => {
          const { happened, running } = await play(given);
          check(given, happened, running);
        }),
        { numRuns: 300 },
      );
    },
  );
});
