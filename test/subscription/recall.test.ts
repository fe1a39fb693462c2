import { describe, expect, it } from "vitest";
import { MemoryHandledIds } from "../../src/subscription/index.ts";
import { run, sleep, type Running } from "./run-subscription.ts";

const ACCEPTED = { kind: "accepted", duplicate: false };
const RELEASED = { kind: "released" };

describe("what a transport has lost", () => {
  it("leaves when nobody works on it, and makes room for others", async () => {
    const calls: string[] = [];
    const running: Running = await run(
      async ({ id }) => {
        calls.push(id);
        if (id === "held") throw new Error("no");
        await sleep(running.clock, 100);
      },
      { maxPending: 3 },
    );
    const { source, subscription, pass } = running;
    const [held, busy, waiting] = [source.add("held"), source.add("busy"), source.add("waiting")];
    await pass(0);
    subscription.recall();
    await pass(0);
    expect([held.outcomes, waiting.outcomes, busy.outcomes]).toEqual([
      [{ kind: "modified", attempts: 1, firstAt: 0, delayMs: 1000 }],
      [RELEASED],
      [],
    ]);
    expect(subscription.counts).toMatchObject({ held: 0, waiting: 0, inFlight: 1 });
    const again = source.add("again");
    await pass(10_000);
    expect([busy.outcomes, again.outcomes]).toEqual([[ACCEPTED], [ACCEPTED]]);
    expect(calls).toEqual(["held", "busy", "again"]);
    expect(running.clock.ringNext(Infinity)).toBe(false);
  });

  it("is not tried again when its handler fails afterwards", async () => {
    const running: Running = await run(async () => {
      await sleep(running.clock, 100);
      throw new Error("no");
    });
    const { source, subscription, pass } = running;
    const delivery = source.add("a");
    await pass(0);
    subscription.recall();
    await pass(10_000);
    expect(delivery.outcomes).toEqual([{ kind: "modified", attempts: 1, firstAt: 0, delayMs: 1000 }]);
  });

  it("keeps what comes later of the same key behind what runs", async () => {
    const calls: string[] = [];
    const running: Running = await run(
      async ({ id }) => {
        calls.push(`${id}@${running.clock.now()}`);
        await sleep(running.clock, 100);
      },
      { concurrency: 3, orderBy: ({ key }) => key },
    );
    const { source, subscription, pass } = running;
    const first = source.add("a", { key: "k" });
    const second = source.add("b", { key: "k" });
    await pass(50);
    subscription.recall();
    await pass(0);
    expect([first.outcomes, second.outcomes]).toEqual([[], [RELEASED]]);
    source.add("b again", { key: "k" });
    source.add("c", { key: "k" });
    await pass(1000);
    expect(calls).toEqual(["a@0", "b again@100", "c@200"]);
  });

  it("takes no place and no token of the rate from others", async () => {
    const calls: string[] = [];
    const running: Running = await run(({ id }) => void calls.push(`${id}@${running.clock.now()}`), { rate: "1/min" });
    const { source, subscription, pass } = running;
    source.add("a");
    const lost = source.add("b");
    await pass(1000);
    expect(subscription.counts.starting).toBe(1);
    subscription.recall();
    await pass(0);
    expect(lost.outcomes).toEqual([RELEASED]);
    source.add("b again");
    await pass(60_000);
    expect(calls).toEqual(["a@0", "b again@60000"]);
  });

  it("is recognised when it was handled nevertheless", async () => {
    const calls: string[] = [];
    const running: Running = await run(
      async ({ id }) => {
        calls.push(id);
        await sleep(running.clock, 100);
      },
      { concurrency: 2, handled: new MemoryHandledIds() },
    );
    const { source, subscription, pass } = running;
    source.add("a");
    const repetition = source.add("a");
    await pass(0);
    subscription.recall();
    const again = source.add("a");
    await pass(1000);
    expect([calls, repetition.outcomes, again.outcomes]).toEqual([
      ["a"],
      [RELEASED],
      [{ kind: "accepted", duplicate: true }],
    ]);
  });
});

describe("stopping by another clock", () => {
  it("ends in that clock's time, whatever time the deliveries have", async () => {
    const running: Running = await run(() => new Promise(() => undefined), { handlerTimeoutMs: Infinity });
    const { source, subscription, pass } = running;
    const other: Running = await run(() => undefined);
    const delivery = source.add("a");
    await pass(0);
    const stopped = subscription.stop({ timeoutMs: 1000, clock: other.clock });
    await pass(100_000);
    expect(delivery.outcomes).toEqual([]);
    await other.pass(1000);
    await stopped;
    expect(delivery.outcomes).toEqual([RELEASED]);
  });
});
