import { describe, expect, it } from "vitest";
import { MemoryHandledIds, RetryLater, Subscription } from "../../src/subscription/index.ts";
import { run, sleep, type Running } from "./run-subscription.ts";
import { ScriptedSource, type ScriptedDelivery } from "./scripted-source.ts";

const ACCEPTED = { kind: "accepted", duplicate: false };
const RELEASED = { kind: "released" };
const never = (): Promise<void> => new Promise(() => undefined);

/** Whether and when a promise has resolved, on a clock that stands still otherwise. */
function resolvedAt({ clock }: Running, promise: Promise<void>): { time: number | undefined } {
  const resolved: { time: number | undefined } = { time: undefined };
  void promise.then(() => {
    resolved.time = clock.now();
  });
  return resolved;
}

describe("stopping", () => {
  it("lets handlers end and gives back at once what has not begun", async () => {
    const running: Running = await run(() => sleep(running.clock, 300));
    const { source, subscription, pass } = running;
    const [first, second] = [source.add("a"), source.add("b", { attempts: 2 })];
    await pass(100);
    const stopped = resolvedAt(running, subscription.stop());
    expect([subscription.state, source.stops, second.outcomes]).toEqual(["stopping", 1, [RELEASED]]);
    await pass(1000);
    expect([subscription.state, stopped.time, first.outcomes]).toEqual(["stopped", 300, [ACCEPTED]]);
    expect(running.clock.ringNext(Infinity)).toBe(false);
  });

  it("aborts handlers before its time is over, so that they can end", async () => {
    const running: Running = await run(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("ended")))),
      { abortGraceMs: 200 },
    );
    const { source, subscription, errors, pass } = running;
    const delivery = source.add("a");
    await pass(0);
    const stopped = resolvedAt(running, subscription.stop({ timeoutMs: 1000 }));
    await pass(799);
    expect(delivery.outcomes).toEqual([]);
    await pass(1);
    // It was not the handler's fault.
    expect([delivery.outcomes, stopped.time, errors]).toEqual([[RELEASED], 800, []]);
  });

  it("does not wait for a handler that never ends", async () => {
    const running = await run(never);
    const { source, subscription, pass } = running;
    const delivery = source.add("a", { attempts: 1 });
    await pass(0);
    const stopped = resolvedAt(running, subscription.stop({ timeoutMs: 1000 }));
    await pass(1000);
    expect([stopped.time, delivery.outcomes, subscription.state]).toEqual([1000, [RELEASED], "stopped"]);
    expect(subscription.counts).toMatchObject({ abandoned: 1, inFlight: 0, returned: 1 });
    expect(running.clock.ringNext(Infinity)).toBe(false);
  });

  it("changes nothing any more when a handler ends after it", async () => {
    const running: Running = await run(() => sleep(running.clock, 5000));
    const { source, subscription, pass } = running;
    const delivery = source.add("a");
    await pass(0);
    void subscription.stop({ timeoutMs: 1000 });
    await pass(10_000);
    expect(delivery.outcomes).toEqual([RELEASED]);
    expect(subscription.counts).toMatchObject({ abandoned: 0, handled: 0 });
  });

  it("waits as long as it takes with no bound, until the caller's signal ends that", async () => {
    const running = await run(never, { abortGraceMs: 50, handlerTimeoutMs: Infinity });
    const { source, subscription, pass } = running;
    const delivery = source.add("a");
    await pass(0);
    const caller = new AbortController();
    const stopped = resolvedAt(running, subscription.stop({ timeoutMs: Infinity, signal: caller.signal }));
    await pass(1_000_000);
    expect(stopped.time).toBe(undefined);
    caller.abort();
    await pass(1000);
    expect([stopped.time, delivery.outcomes]).toEqual([1_000_050, [RELEASED]]);
  });

  it("ends at once by a signal that was aborted before", async () => {
    const running = await run(never, { abortGraceMs: 50 });
    running.source.add("a");
    await running.pass(0);
    const stopped = resolvedAt(running, running.subscription.stop({ signal: AbortSignal.abort() }));
    await running.pass(1000);
    expect(stopped.time).toBe(50);
  });

  it("gives a held delivery back with its failures and what is left of its delay", async () => {
    const { clock, source, subscription, pass } = await run(() => Promise.reject(new RetryLater(5000)));
    const delivery = source.add("a", { attempts: 1 });
    await pass(2000);
    await subscription.stop();
    expect(delivery.outcomes).toEqual([{ kind: "modified", attempts: 2, firstAt: 0, delayMs: 3000 }]);
    expect(clock.ringNext(Infinity)).toBe(false);
  });

  it("gives deliveries of a key back in their order and without delay, behind the one that runs", async () => {
    const order: string[] = [];
    const running: Running = await run(
      async () => {
        await sleep(running.clock, 300);
        throw new RetryLater(5000);
      },
      { orderBy: ({ key }) => key, concurrency: 3 },
    );
    const { source, subscription, pass } = running;
    const add = (id: string): ScriptedDelivery =>
      source.add(id, { key: id.slice(0, 1), onSettle: () => void order.push(id) });
    const deliveries = ["a1", "a2", "b1", "a3", "b2"].map(add);
    await pass(100);
    const stop = subscription.stop();
    expect(order).toEqual([]);
    await pass(300);
    await stop;
    expect(order.toSorted()).toEqual(["a1", "a2", "a3", "b1", "b2"]);
    for (const key of ["a", "b"]) {
      const ofKey = order.filter((id) => id.startsWith(key));
      expect(ofKey).toEqual(ofKey.toSorted());
    }
    const failed = { kind: "modified", attempts: 1, firstAt: 0, delayMs: 0 };
    expect(deliveries.map(({ outcomes }) => outcomes)).toEqual([
      [failed],
      [RELEASED],
      [failed],
      [RELEASED],
      [RELEASED],
    ]);
  });

  it("gives back what waits for the rate, the window of handled ids, or a repetition", async () => {
    const handled = new MemoryHandledIds();
    const { clock, source, subscription, pass } = await run(never, { rate: "1/h", concurrency: 2, handled });
    const all = ["a", "b", "b"].map((id) => source.add(id));
    await pass(0);
    expect(subscription.counts).toMatchObject({ inFlight: 1, starting: 1, waiting: 1 });
    void subscription.stop({ timeoutMs: 100 });
    await pass(100);
    expect(all.map(({ outcomes }) => outcomes)).toEqual([[RELEASED], [RELEASED], [RELEASED]]);
    expect(clock.ringNext(Infinity)).toBe(false);
  });

  it("accepts what was handled although the window of handled ids hangs", async () => {
    const running = await run(async () => undefined, { handled: { has: () => false, add: never } });
    const delivery = running.source.add("a");
    await running.pass(0);
    void running.subscription.stop({ timeoutMs: 100 });
    await running.pass(100);
    expect(delivery.outcomes).toEqual([ACCEPTED]);
  });

  it("does not wait for a source or an outcome that hangs", async () => {
    const running = await run(async () => undefined);
    const { source, subscription, pass } = running;
    source.onStop = never;
    const delivery = source.add("a", { onSettle: never });
    await pass(0);
    const stopped = resolvedAt(running, subscription.stop({ timeoutMs: 1000 }));
    await pass(1000);
    expect([stopped.time, delivery.outcomes]).toEqual([1000, [ACCEPTED]]);
  });

  it("reports a source that does not stop", async () => {
    const { source, subscription, errors } = await run(never);
    source.onStop = () => Promise.reject(new Error("cut"));
    await subscription.stop();
    expect(errors).toEqual(["xqbus:transport-failed: subscription mail: the transport did not stop: cut"]);
  });

  it("gives back what comes afterwards", async () => {
    const { source, subscription, pass } = await run(never);
    await subscription.stop();
    const late = source.add("a");
    await pass(0);
    expect(late.outcomes).toEqual([RELEASED]);
  });

  it("works from inside a handler and while paused, and again", async () => {
    const running: Running = await run(() => {
      running.subscription.pause();
      void running.subscription.stop();
    });
    const { source, subscription, pass } = running;
    const [first, second] = [source.add("a"), source.add("b")];
    await pass(0);
    expect([subscription.state, first.outcomes, second.outcomes]).toEqual(["stopped", [ACCEPTED], [RELEASED]]);
    expect(subscription.stop()).toBe(subscription.stop());
    subscription.resume();
    expect([subscription.state, source.stops]).toEqual(["stopped", 1]);
  });

  it("ends a subscription that was never started, which cannot be started then", async () => {
    const source = new ScriptedSource();
    const subscription = new Subscription(source, never, { name: "mail" });
    await subscription.stop();
    expect([subscription.state, source.stops]).toEqual(["stopped", 0]);
    await expect(subscription.start()).rejects.toMatchObject({
      code: "xqbus:already-closed",
      message: "the subscription mail was stopped; make another one",
    });
  });

  it("refuses what is no time", async () => {
    const { subscription } = await run(never);
    expect(() => subscription.stop({ timeoutMs: -1 })).toThrow(
      "timeoutMs must be a whole number from 1 to 315360000000, or Infinity, got -1",
    );
    expect(subscription.state).toBe("running");
  });

  it("needs no clock of its own", async () => {
    const source = new ScriptedSource();
    const subscription = new Subscription(source, () => new Promise((resolve) => setTimeout(resolve, 1)), {
      name: "mail",
    });
    await subscription.start();
    const delivery = source.add("a");
    await subscription.stop({ timeoutMs: 60_000 });
    expect(delivery.outcomes).toHaveLength(1);
  });
});
