import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../../../src/broker/clock.ts";
import { MemoryBudget } from "../../../../src/broker/node/memory-budget.ts";
import type { QueueOptions } from "../../../../src/broker/node/queue/queue-options.ts";
import { StoredMessage } from "../../../../src/broker/node/stored-message.ts";
import { Queue } from "../../../../src/broker/node/queue/queue.ts";
import type { Entry } from "../../../../src/broker/node/queue/entry.ts";
import type { Outcome } from "../../../../src/broker/protocol/nodes.ts";
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
            const copy = queue.acquire();
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
        expect(textOf(queue.acquire())).toBe(waiting[0]?.toString());
        queue.close();
        expect(budget.used).toBe(0);
      }),
    );
  });

  it("gives its memory back when it is closed, also for what comes afterwards", () => {
    const budget = new MemoryBudget(10_000);
    const queue = newQueue();
    for (const text of ["taken", "returned", "waiting"]) add(queue, budget, text);
    const [, returned] = [queue.acquire(), queue.acquire()];
    if (returned !== undefined) queue.settle(returned, { kind: "released" });
    queue.close();
    add(queue, budget, "late");
    expect(budget.used).toBe(0);
    expect(queue.acquire()).toBeUndefined();
  });

  it("does not count an outcome twice", () => {
    const budget = new MemoryBudget(10_000);
    const queue = newQueue();
    add(queue, budget, "once");
    const copy = queue.acquire();
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
