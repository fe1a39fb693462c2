import { describe, expect, it } from "vitest";
import {
  MemoryHandledIds,
  PermanentError,
  RetryLater,
  Subscription,
  type AttemptRecord,
  type HandledIds,
  type HandlingOptions,
} from "../../src/subscription/index.ts";
import { run, sleep, type Running } from "./run-subscription.ts";
import { ScriptedSource, type ScriptedDelivery } from "./scripted-source.ts";
import { thrownBy } from "./thrown-by.ts";

const ACCEPTED = { kind: "accepted", duplicate: false };
const DUPLICATE = { kind: "accepted", duplicate: true };
const RELEASED = { kind: "released" };
const never = (): Promise<void> => new Promise(() => undefined);

/** A handler that fails so often with each delivery, and writes down when it was called: `id@time`. */
function failing(times: number, calls: string[], now: () => number, error: unknown = new Error("no")) {
  const seen = new Map<string, number>();
  return async ({ id }: ScriptedDelivery): Promise<void> => {
    calls.push(`${id}@${now()}`);
    const count = seen.get(id) ?? 0;
    seen.set(id, count + 1);
    if (count < times) throw error;
  };
}

describe("a subscription", () => {
  it("accepts what its handler has handled", async () => {
    const { source, subscription, pass } = await run(async () => undefined);
    const delivery = source.add("a");
    await pass(0);
    expect(delivery.outcomes).toEqual([ACCEPTED]);
    expect(subscription.counts).toMatchObject({ received: 1, handled: 1, inFlight: 0, waiting: 0, settling: 0 });
  });

  it("takes a handler that is not asynchronous", async () => {
    const { source, pass } = await run(() => undefined);
    const delivery = source.add("a");
    await pass(0);
    expect(delivery.outcomes).toEqual([ACCEPTED]);
  });

  it("tells the handler the attempt and the time of the first one", async () => {
    const contexts: unknown[] = [];
    const { source, pass } = await run((_, { attempt, firstAt }) => {
      contexts.push([attempt, firstAt]);
      if (contexts.length === 1) throw new Error("no");
    });
    source.add("a", { attempts: 1, firstAt: -500 });
    source.add("b");
    await pass(2000);
    expect(contexts).toEqual([
      [2, -500],
      [1, 0],
      [3, -500],
    ]);
  });

  it("tries again by its policy, and then has a dead letter", async () => {
    const calls: string[] = [];
    const running: Running = await run(failing(9, calls, () => running.clock.now()));
    const { source, subscription, errors, pass } = running;
    const delivery = source.add("a", { key: "k", origin: "org.clacks" });
    await pass(10_000);
    expect(calls).toEqual(["a@0", "a@1000", "a@3000"]);
    const letter = {
      ...{ id: "a", key: undefined, handler: "mail", reason: "attempts", attempts: 3, firstAt: 0, lastAt: 3000 },
      ...{ origin: "org.clacks", error: { name: "Error", code: undefined, message: "no" } },
    };
    expect(delivery.outcomes).toEqual([{ kind: "rejected", letter }]);
    expect(subscription.counts).toMatchObject({
      ...{ failed: 3, retried: 2, deadLettered: 1, failures: { Error: 3 } },
      deadLetters: { attempts: 1, permanent: 0, age: 0, "key-failed": 0, "key-full": 0 },
    });
    expect(errors).toEqual(
      [1, 2, 3].map((n) => `xqbus:callback-failed: subscription mail, event a: attempt ${n} failed: no`),
    );
  });

  it("counts the attempts that the transport knows of", async () => {
    const { source, pass } = await run(() => Promise.reject(new Error("no")));
    const delivery = source.add("a", { attempts: 2 });
    await pass(0);
    expect(delivery.outcomes).toMatchObject([{ kind: "rejected", letter: { attempts: 3 } }]);
  });

  it("gives up at once on a permanent error", async () => {
    const { source, pass } = await run(() => Promise.reject(new PermanentError("gone")));
    const delivery = source.add("a");
    await pass(0);
    expect(delivery.outcomes).toMatchObject([
      { kind: "rejected", letter: { reason: "permanent", attempts: 1, error: { code: "xqbus:permanent-failure" } } },
    ]);
  });

  it("tries again when the handler wants to", async () => {
    const calls: string[] = [];
    const running: Running = await run(failing(1, calls, () => running.clock.now(), new RetryLater(7000)));
    const { source, pass } = running;
    source.add("a");
    await pass(8000);
    expect(calls).toEqual(["a@0", "a@7000"]);
  });

  it("gives long retries back to a transport that can delay", async () => {
    const { source, subscription, pass } = await run(() => Promise.reject(new RetryLater(60_000)), { canDelay: true });
    const delivery = source.add("a", { attempts: 1 });
    await pass(0);
    expect(delivery.outcomes).toEqual([{ kind: "modified", attempts: 2, firstAt: 0, delayMs: 60_000 }]);
    expect(subscription.counts).toMatchObject({ retried: 1, returned: 1, held: 0 });
  });

  it("gives each retry back with holdUpToMs 0", async () => {
    const { source, pass } = await run(() => Promise.reject(new RetryLater(0)), { canDelay: true, holdUpToMs: 0 });
    const delivery = source.add("a");
    await pass(0);
    expect(delivery.outcomes).toEqual([{ kind: "modified", attempts: 1, firstAt: 0, delayMs: 0 }]);
  });

  it.each<[string, object, number]>([
    ["a transport that cannot delay", {}, 60_000],
    ["a retry that is due soon", { canDelay: true }, 10_000],
    ["a delivery with a key", { canDelay: true, orderBy: () => "k" }, 60_000],
  ])("holds the retry of %s", async (_, options, afterMs) => {
    const { source, subscription, pass } = await run(() => Promise.reject(new RetryLater(afterMs)), options);
    source.add("a");
    await pass(0);
    expect(subscription.counts).toMatchObject({ retried: 1, returned: 0, held: 1 });
  });

  it("tells of every attempt", async () => {
    const records: AttemptRecord<ScriptedDelivery>[] = [];
    const error = new Error("no");
    const { source, pass } = await run(
      failing(1, [], () => 0, error),
      { onAttempt: (record) => records.push(record) },
    );
    const delivery = source.add("a");
    await pass(1000);
    expect(records).toEqual([
      {
        delivery,
        attempt: 1,
        startedAt: 0,
        endedAt: 0,
        result: { kind: "failed", error },
        next: { kind: "retry", at: 1000 },
      },
      { delivery, attempt: 2, startedAt: 1000, endedAt: 1000, result: { kind: "handled" }, next: undefined },
    ]);
  });

  it("goes on when what it tells its user throws", async () => {
    const { source, errors, pass } = await run(async () => undefined, {
      onAttempt: () => {
        throw new Error("oops");
      },
    });
    const delivery = source.add("a");
    await pass(0);
    expect(delivery.outcomes).toEqual([ACCEPTED]);
    expect(errors).toEqual(["xqbus:callback-failed: subscription mail, event a: onAttempt threw: oops"]);
  });

  it("reports an outcome that the transport does not take, and goes on", async () => {
    const { source, subscription, errors, pass } = await run(async () => undefined);
    source.add("a", { onSettle: () => Promise.reject(new Error("cut")) });
    source.add("b", {
      onSettle: () => {
        throw new Error("cut");
      },
    });
    const last = source.add("c");
    await pass(0);
    expect(errors).toEqual(
      ["a", "b"].map(
        (id) =>
          `xqbus:transport-failed: subscription mail, event ${id}: the transport did not take the outcome accepted: cut`,
      ),
    );
    expect(last.outcomes).toEqual([ACCEPTED]);
    expect(subscription.counts).toMatchObject({ transportErrors: 2, settling: 0 });
  });

  it("asks for as much as there is room for, and releases what is too much", async () => {
    const { source, subscription, pass } = await run(never, { maxPending: 3 });
    expect(source.credit).toBe(3);
    for (const id of "abcd") source.add(id);
    const pushed = source.push("e");
    await pass(0);
    expect(pushed.outcomes).toEqual([RELEASED]);
    expect(subscription.counts).toMatchObject({ received: 4, inFlight: 1, waiting: 2 });
    expect(source.credit).toBe(0);
  });

  it("asks for more whenever there is room, however much is held", async () => {
    const { source, pass } = await run(
      ({ id }) => (id === "bad" ? Promise.reject(new RetryLater(3_600_000)) : undefined),
      {
        maxPending: 10,
        retry: "forever",
      },
    );
    for (let count = 0; count < 9; count++) source.add("bad");
    const others = Array.from({ length: 100 }, (_, id) => source.add(String(id)));
    await pass(1000);
    expect(others.every(({ outcomes }) => outcomes.length === 1)).toBe(true);
    expect(source.credit).toBe(1);
  });

  it("does not start when its source does not", async () => {
    const source = new ScriptedSource();
    source.onStart = () => Promise.reject(new Error("refused"));
    const subscription = new Subscription(source, never, { name: "mail" });
    await expect(subscription.start()).rejects.toThrow("refused");
    expect(subscription.state).toBe("stopped");
  });

  it("bounds how many codes of errors it counts", async () => {
    let count = 0;
    const { source, subscription, pass } = await run(
      () => Promise.reject(Object.assign(new Error(), { code: `E${count++}` })),
      {
        retry: "100x schedule 0",
      },
    );
    source.add("a");
    await pass(0);
    expect(Object.keys(subscription.counts.failures)).toHaveLength(51);
    expect(subscription.counts.failures["other"]).toBe(50);
  });
});

describe("the order of a key", () => {
  const orderBy = ({ key }: ScriptedDelivery): string | undefined => key;

  it("is kept through retries, while other keys go on", async () => {
    const calls: string[] = [];
    const fail = failing(1, calls, () => running.clock.now());
    const handler = async (delivery: ScriptedDelivery): Promise<void> => {
      if (delivery.id === "a1") return fail(delivery);
      calls.push(`${delivery.id}@${running.clock.now()}`);
    };
    const running: Running = await run(handler, { orderBy, concurrency: 4 });
    const { source, pass } = running;
    for (const id of ["a1", "a2", "b1", "b2", "c1"]) source.add(id, { key: id.slice(0, 1) });
    source.add("free");
    await pass(1000);
    expect(calls).toEqual(["a1@0", "b1@0", "c1@0", "free@0", "b2@0", "a1@1000", "a2@1000"]);
  });

  it("goes on behind a dead letter", async () => {
    const { source, pass } = await run(
      ({ id }) => (id === "a1" ? Promise.reject(new PermanentError("no")) : undefined),
      { orderBy },
    );
    source.add("a1", { key: "a" });
    const second = source.add("a2", { key: "a" });
    await pass(0);
    expect(second.outcomes).toEqual([ACCEPTED]);
  });

  it("waits for the transport to take the outcome", async () => {
    const calls: string[] = [];
    let taken = (): void => undefined;
    const { source, pass } = await run(({ id }) => void calls.push(id), { orderBy });
    source.add("a1", { key: "a", onSettle: () => new Promise((resolve) => (taken = resolve)) });
    source.add("a2", { key: "a" });
    await pass(0);
    expect(calls).toEqual(["a1"]);
    taken();
    await pass(0);
    expect(calls).toEqual(["a1", "a2"]);
  });

  it("gives keys turns, so that a busy one does not delay the others", async () => {
    const calls: string[] = [];
    const { source, subscription, pass } = await run(({ id }) => void calls.push(id), { orderBy });
    subscription.pause();
    for (const id of ["a1", "a2", "a3", "b1", "c1"]) source.add(id, { key: id.slice(0, 1) });
    subscription.resume();
    await pass(0);
    expect(calls).toEqual(["a1", "b1", "c1", "a2", "a3"]);
  });

  it("is bounded: what is too much for a key becomes a dead letter", async () => {
    const { source, pass } = await run(never, { orderBy, maxPendingPerKey: 2 });
    for (const id of ["a1", "a2"]) source.add(id, { key: "a" });
    const third = source.add("a3", { key: "a" });
    const other = source.add("b1", { key: "b" });
    await pass(0);
    expect(third.outcomes).toMatchObject([
      {
        kind: "rejected",
        letter: { reason: "key-full", key: "a", attempts: 0, error: { code: "xqbus:limit-exceeded" } },
      },
    ]);
    expect(other.outcomes).toEqual([]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no id");
      },
      "no id",
    ],
    ["gives no text", () => 5 as unknown as string, "orderBy must give a text or undefined, got 5"],
  ])("that %s makes a dead letter", async (_, wrong, message) => {
    const { source, pass } = await run(never, { orderBy: wrong });
    const delivery = source.add("a");
    await pass(0);
    expect(delivery.outcomes).toMatchObject([
      { kind: "rejected", letter: { reason: "key-failed", error: { message } } },
    ]);
  });
});

describe("repetitions", () => {
  it("are accepted and not handled again", async () => {
    const calls: string[] = [];
    const { source, subscription, pass } = await run(({ id }) => void calls.push(id), {
      handled: new MemoryHandledIds(),
    });
    const first = source.add("a");
    await pass(0);
    const second = source.add("a");
    await pass(0);
    expect([calls, first.outcomes, second.outcomes]).toEqual([["a"], [ACCEPTED], [DUPLICATE]]);
    expect(subscription.counts).toMatchObject({ handled: 1, duplicates: 1 });
  });

  it("wait until it is known whether the first one succeeds", async () => {
    const calls: string[] = [];
    const running: Running = await run(
      failing(1, calls, () => running.clock.now()),
      {
        handled: new MemoryHandledIds(),
        concurrency: 4,
      },
    );
    const { source, subscription, pass } = running;
    const both = [source.add("a"), source.add("a")];
    await pass(999);
    expect(subscription.counts).toMatchObject({ held: 1, waiting: 1 });
    await pass(1);
    expect(calls).toEqual(["a@0", "a@1000"]);
    expect(both.map(({ outcomes }) => outcomes)).toEqual([[ACCEPTED], [DUPLICATE]]);
  });

  it("of a dead letter are handled", async () => {
    let isBroken = true;
    const handler = (): void => {
      if (isBroken) throw new PermanentError("no");
    };
    const { source, pass } = await run(handler, { handled: new MemoryHandledIds() });
    source.add("a");
    await pass(0);
    isBroken = false;
    const again = source.add("a");
    await pass(0);
    expect(again.outcomes).toEqual([ACCEPTED]);
  });

  it("do not use up the rate", async () => {
    const handled = new MemoryHandledIds();
    handled.add("a");
    const { source, pass } = await run(async () => undefined, { handled, rate: "1/h" });
    const repeated = Array.from({ length: 20 }, () => source.add("a"));
    const fresh = source.add("b");
    await pass(0);
    expect(repeated.every(({ outcomes }) => outcomes.length === 1)).toBe(true);
    expect(fresh.outcomes).toEqual([ACCEPTED]);
  });

  it.each<[string, HandledIds, string]>([
    [
      "fails",
      {
        has: () => Promise.reject(new Error("disk")),
        add: () => {
          throw new Error("disk");
        },
      },
      "disk",
    ],
    [
      "hangs",
      { has: () => new Promise(() => undefined), add: never },
      "no answer within 5000 ms (option handledTimeoutMs)",
    ],
  ])("are handled when the window %s", async (_, handled, reason) => {
    const { source, subscription, errors, pass } = await run(async () => undefined, { handled });
    const delivery = source.add("a");
    await pass(10_000);
    expect(delivery.outcomes).toEqual([ACCEPTED]);
    expect(subscription.counts.handledErrors).toBe(2);
    const error = `xqbus:store-failed: subscription mail, event a: the window of handled ids did not answer: ${reason}`;
    expect(errors).toEqual([error, error]);
  });
});

describe("a handler that takes too long", () => {
  it("is aborted, and the attempt has failed whatever it does then", async () => {
    const reasons: unknown[] = [];
    const handler = (_: unknown, { signal }: { readonly signal: AbortSignal }): Promise<void> =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          reasons.push((signal.reason as { readonly code: string }).code);
          resolve();
        }),
      );
    const { source, subscription, pass } = await run(handler, { handlerTimeoutMs: 100, retry: "1x" });
    const delivery = source.add("a");
    await pass(100);
    expect(reasons).toEqual(["xqbus:timeout"]);
    expect(delivery.outcomes).toMatchObject([{ kind: "rejected", letter: { error: { code: "xqbus:timeout" } } }]);
    expect(subscription.counts).toMatchObject({ timedOut: 1, failed: 1, abandoned: 0 });
  });

  it("sees an aborted signal even if it asks late", async () => {
    let late: AbortSignal | undefined;
    const running: Running = await run(
      async (_, context) => {
        await sleep(running.clock, 500);
        late = context.signal;
      },
      { handlerTimeoutMs: 100 },
    );
    const { source, pass } = running;
    source.add("a");
    await pass(500);
    expect(late?.aborted).toBe(true);
  });

  it("is left alone after the grace, so that the others go on", async () => {
    const { source, subscription, pass } = await run(({ id }) => (id === "bad" ? never() : undefined), {
      ...{ handlerTimeoutMs: 100, abortGraceMs: 50, retry: "1x" },
    });
    source.add("bad");
    const good = source.add("good");
    await pass(149);
    expect(good.outcomes).toEqual([]);
    await pass(1);
    expect(good.outcomes).toEqual([ACCEPTED]);
    expect(subscription.counts.abandoned).toBe(1);
  });

  it("keeps its place when too many are left alone already", async () => {
    const ends: (() => void)[] = [];
    const { source, subscription, pass } = await run(() => new Promise<void>((resolve) => void ends.push(resolve)), {
      ...{ handlerTimeoutMs: 100, abortGraceMs: 50, maxAbandoned: 1, retry: "1x" },
    });
    for (const id of ["a", "b", "c"]) source.add(id);
    await pass(10_000);
    expect(subscription.counts).toMatchObject({ abandoned: 1, inFlight: 1, waiting: 1 });
    ends[0]?.();
    await pass(0);
    expect(subscription.counts).toMatchObject({ abandoned: 1, inFlight: 1, waiting: 0 });
    ends[1]?.();
    ends[2]?.();
    await pass(150);
    expect(subscription.counts).toMatchObject({ abandoned: 0, inFlight: 0, timedOut: 2, handled: 1 });
  });
});

describe("pausing", () => {
  it("lets what runs end and begins nothing new until it is resumed", async () => {
    const calls: string[] = [];
    let end = (): void => undefined;
    const { source, subscription, pass } = await run(({ id }) => {
      calls.push(id);
      return new Promise((resolve) => (end = resolve));
    });
    const first = source.add("a");
    source.add("b");
    await pass(0);
    subscription.pause();
    end();
    await pass(1000);
    expect([subscription.state, calls, first.outcomes]).toEqual(["paused", ["a"], [ACCEPTED]]);
    subscription.resume();
    await pass(0);
    expect([subscription.state, calls]).toEqual(["running", ["a", "b"]]);
  });

  it("holds for those that wait for the rate and for their next attempt", async () => {
    const calls: string[] = [];
    const { source, subscription, pass } = await run(
      failing(1, calls, () => 0),
      { rate: "1/s", concurrency: 2 },
    );
    source.add("a");
    source.add("b");
    await pass(0);
    subscription.pause();
    await pass(60_000);
    expect(calls).toHaveLength(1);
    subscription.resume();
    await pass(60_000);
    expect(calls).toHaveLength(4);
  });
});

describe("options", () => {
  it.each<[object, string]>([
    [{ name: "" }, 'name must be a text of 1 to 200 characters, got ""'],
    [{ concurrency: 0 }, "concurrency must be a whole number from 1 to 10000, got 0"],
    [{ concurrency: 5, maxPending: 4 }, "maxPending must be a whole number from 5 to 1000000, got 4"],
    [{ maxPendingPerKey: 101 }, "maxPendingPerKey must be a whole number from 1 to 100, got 101"],
    [{ handlerTimeoutMs: 0 }, "handlerTimeoutMs must be a whole number from 1 to 315360000000, or Infinity, got 0"],
    [{ retry: "0x" }, "retry attempts must be a whole number from 1 to 1000000, or Infinity, got 0"],
    [{ rate: "fast" }, 'rate: "fast" is not understood; expected 10/s, 100/min, 5/h, with burst 5 behind it'],
    [{ orderBy: "key" }, 'orderBy must be a function, got "key"'],
    [{ handled: new Map() }, "handled must have the methods has and add, such as new MemoryHandledIds()"],
    [{ onError: 1 }, "onError must be a function, got 1"],
  ])("that cannot be used are refused: %j", (options, message) => {
    const given = { name: "mail", ...options } as HandlingOptions<ScriptedDelivery>;
    expect(thrownBy(() => new Subscription(new ScriptedSource(), never, given))).toBe(
      `xqbus:illegal-argument: ${message}`,
    );
  });
});
