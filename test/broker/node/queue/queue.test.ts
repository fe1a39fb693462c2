import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../../../src/broker/clock.ts";
import { MemoryBudget } from "../../../../src/broker/node/memory-budget.ts";
import type { QueueOptions } from "../../../../src/broker/node/queue/queue-options.ts";
import { StoredMessage } from "../../../../src/broker/node/stored-message.ts";
import { PLAIN_ARRIVAL, Queue } from "../../../../src/broker/node/queue/queue.ts";
import type { Arrival, Entry } from "../../../../src/broker/node/queue/entry.ts";
import type { Outcome } from "../../../../src/broker/protocol/nodes.ts";
import { VirtualClock } from "../../virtual-clock.ts";
import { newTally } from "../../../../src/broker/tally.ts";

const OPTIONS: QueueOptions = { maxMessages: 10_000, maxBytes: 1e9, maxDeliveryAttempts: 3, whenFull: "reject" };

function newQueue(options: Partial<QueueOptions> = {}): Queue {
  return new Queue({ name: "q", options: { ...OPTIONS, ...options }, clock: SYSTEM_CLOCK, tally: newTally() });
}

function add(queue: Queue, budget: MemoryBudget, text: string): void {
  const message = StoredMessage.create(Buffer.from(text), 1, budget);
  if (message === undefined) throw new Error("the budget is used up");
  queue.add(message);
}

/** Nothing of these queues is on disk. */
function take(queue: Queue): Entry | undefined {
  const entry = queue.acquire();
  return typeof entry === "string" ? undefined : entry;
}

function textOf(copy: Entry | undefined): string | undefined {
  return copy?.message.bytes.toString();
}

describe("A queue", () => {
  it("gives messages in their order, whatever comes back in between", () => {
    const action = fc.oneof(
      fc.constant({ kind: "add" as const }),
      fc.constant({ kind: "take" as const }),
      fc.record({ kind: fc.constantFrom("accepted", "released", "failed"), index: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const budget = new MemoryBudget(1_000_000);
        const queue = newQueue();
        const waiting: number[] = [];
        const taken: { readonly copy: Entry; readonly number: number }[] = [];
        const failures = new Map<number, number>();
        let added = 0;
        for (const step of actions) {
          if (step.kind === "add") {
            waiting.push(added);
            add(queue, budget, String(added++));
          } else if (step.kind === "take") {
            const copy = take(queue);
            expect(textOf(copy)).toBe(waiting[0]?.toString());
            const number = waiting.shift();
            if (copy !== undefined && number !== undefined) taken.push({ copy, number });
          } else if ("index" in step && taken.length > 0) {
            const [{ copy, number }] = taken.splice(step.index % taken.length, 1) as [(typeof taken)[number]];
            queue.settle(copy, outcome(step.kind));
            if (step.kind === "failed") failures.set(number, (failures.get(number) ?? 0) + 1);
            if (step.kind !== "accepted" && failures.get(number) !== OPTIONS.maxDeliveryAttempts) waiting.push(number);
            waiting.sort((a, b) => a - b);
          }
        }
        expect(textOf(take(queue))).toBe(waiting[0]?.toString());
        queue.close();
        expect(budget.used).toBe(0);
      }),
    );
  });

  it("gives its memory back when it is closed, also for what comes afterwards", () => {
    const budget = new MemoryBudget(10_000);
    const queue = newQueue();
    for (const text of ["taken", "returned", "waiting"]) add(queue, budget, text);
    const [, returned] = [take(queue), take(queue)];
    if (returned !== undefined) queue.settle(returned, { kind: "released" });
    queue.close();
    add(queue, budget, "late");
    expect(budget.used).toBe(0);
    expect(take(queue)).toBeUndefined();
  });

  it("does not count an outcome twice", () => {
    const budget = new MemoryBudget(10_000);
    const queue = newQueue();
    add(queue, budget, "once");
    const copy = take(queue);
    if (copy === undefined) throw new Error("nothing was taken");
    queue.finish(copy);
    queue.finish(copy);
    expect(budget.used).toBe(0);
  });
});

function outcome(kind: string): Outcome {
  if (kind === "failed") return { kind: "modified", deliveryFailed: true, undeliverableHere: false };
  return { kind: kind as "accepted" | "released" };
}

describe("Time", () => {
  function timed(options: Partial<QueueOptions> = {}): {
    readonly queue: Queue;
    readonly clock: VirtualClock;
    readonly dead: string[];
    readonly put: (text: string, arrival?: Partial<Arrival>) => void;
    readonly next: () => string | undefined;
  } {
    const clock = new VirtualClock(1000);
    const dead: string[] = [];
    const budget = new MemoryBudget(10_000_000);
    const queue = new Queue({
      ...{ name: "q", options: { ...OPTIONS, ...options }, clock, tally: newTally() },
      onDeadLetter: (bytes, { reason }) => dead.push(`${bytes.toString()} ${reason}`),
    });
    const put = (text: string, arrival: Partial<Arrival> = {}): void => {
      const message = StoredMessage.create(Buffer.from(text), 1, budget);
      if (message !== undefined) queue.add(message, { ...PLAIN_ARRIVAL, ...arrival });
    };
    return { queue, clock, dead, put, next: () => textOf(take(queue)) };
  }

  it("ends messages that are too old, with and without a consumer", () => {
    const { queue, clock, dead, put, next } = timed();
    put("short", { expiresAt: 1010 });
    put("long", { expiresAt: 2000 });
    clock.advance(9);
    expect(dead).toEqual([]);
    clock.advance(1);
    expect(dead).toEqual(["short expired"]);
    expect(next()).toBe("long");
    clock.advance(5000);
    expect(queue.messages).toBe(1);
  });

  it("ends what comes back too late", () => {
    const { queue, clock, dead, put } = timed();
    put("late", { expiresAt: 1010 });
    const entry = take(queue);
    clock.advance(10);
    expect(dead).toEqual([]);
    if (entry !== undefined) queue.settle(entry, { kind: "released" });
    expect(dead).toEqual(["late expired"]);
  });

  it("brings delayed messages at their time, behind those that were there", () => {
    const { queue, clock, put, next } = timed();
    put("later", { deliverAt: 1020 });
    put("sooner", { deliverAt: 1010 });
    put("now", { deliverAt: 1000 });
    expect(queue.delayed).toBe(2);
    clock.advance(20);
    expect([next(), next(), next(), next()]).toEqual(["now", "sooner", "later", undefined]);
  });

  it("ends messages of a queue with an age", () => {
    const { clock, dead, put } = timed({ maxAgeMs: 100 });
    put("old");
    clock.advance(50);
    put("young");
    clock.advance(50);
    expect(dead).toEqual(["old expired"]);
  });

  it("is nothing to fear for ten thousand messages", () => {
    const { queue, clock, dead, put } = timed();
    for (let i = 0; i < 10_000; i++) put(String(i), { expiresAt: 2000 + ((i * 7919) % 10_000) });
    for (let i = 0; i < 9000; i++) {
      const entry = take(queue);
      if (entry !== undefined) queue.finish(entry);
    }
    clock.advance(20_000);
    expect(dead).toHaveLength(1000);
    expect(queue.messages).toBe(0);
  });

  it.each([
    ["messages", { maxMessages: 2 }],
    ["bytes", { maxBytes: 2 }],
  ])("decides what makes room when a queue drops the oldest beyond its %s", (_name, bounds) => {
    const { queue, dead, put, next } = timed({ ...bounds, whenFull: "drop-oldest" });
    put("1", { priority: 9 });
    put("2");
    expect(queue.fullFor(1)).toBeUndefined();
    put("3");
    expect(dead).toEqual(["1 dropped-oldest"]);
    expect([next(), next()]).toEqual(["2", "3"]);
    expect(queue.fullFor(1)).toMatch(/^q is full/);
  });
});
