import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_BROKER_LIMITS } from "../../../src/broker/index.ts";
import { MemoryBudget } from "../../../src/broker/node/memory-budget.ts";
import { StoredMessage } from "../../../src/broker/node/stored-message.ts";
import { Subscription } from "../../../src/broker/node/subscription.ts";
import type { Copy } from "../../../src/broker/node/subscription.ts";
import type { Outcome } from "../../../src/broker/protocol/nodes.ts";
import { newTally } from "../../../src/broker/tally.ts";

const LIMITS = { ...DEFAULT_BROKER_LIMITS, maxDeliveryAttempts: 3 };

function add(subscription: Subscription, budget: MemoryBudget, text: string): void {
  const message = StoredMessage.create(Buffer.from(text), 1, budget);
  if (message === undefined) throw new Error("the budget is used up");
  subscription.add(message);
}

function textOf(copy: Copy | undefined): string | undefined {
  return copy?.message.bytes.toString();
}

describe("A subscription", () => {
  it("gives messages in their order, whatever comes back in between", () => {
    const action = fc.oneof(
      fc.constant({ kind: "add" as const }),
      fc.constant({ kind: "take" as const }),
      fc.record({ kind: fc.constantFrom("accepted", "released", "failed"), index: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const budget = new MemoryBudget(1_000_000);
        const subscription = new Subscription("s", LIMITS, newTally());
        const waiting: number[] = [];
        const taken: { readonly copy: Copy; readonly number: number }[] = [];
        const failures = new Map<number, number>();
        let added = 0;
        for (const step of actions) {
          if (step.kind === "add") {
            waiting.push(added);
            add(subscription, budget, String(added++));
          } else if (step.kind === "take") {
            const copy = subscription.take();
            expect(textOf(copy)).toBe(waiting[0]?.toString());
            const number = waiting.shift();
            if (copy !== undefined && number !== undefined) taken.push({ copy, number });
          } else if ("index" in step && taken.length > 0) {
            const [{ copy, number }] = taken.splice(step.index % taken.length, 1) as [(typeof taken)[number]];
            subscription.settle(copy, outcome(step.kind));
            if (step.kind === "failed") failures.set(number, (failures.get(number) ?? 0) + 1);
            if (step.kind !== "accepted" && failures.get(number) !== LIMITS.maxDeliveryAttempts) waiting.push(number);
            waiting.sort((a, b) => a - b);
          }
        }
        expect(textOf(subscription.peek())).toBe(waiting[0]?.toString());
        subscription.close();
        expect(budget.used).toBe(0);
      }),
    );
  });

  it("gives its memory back when it is closed, also for what comes afterwards", () => {
    const budget = new MemoryBudget(10_000);
    const subscription = new Subscription("s", LIMITS, newTally());
    for (const text of ["taken", "returned", "waiting"]) add(subscription, budget, text);
    const [, returned] = [subscription.take(), subscription.take()];
    if (returned !== undefined) subscription.settle(returned, { kind: "released" });
    subscription.close();
    add(subscription, budget, "late");
    expect(budget.used).toBe(0);
    expect(subscription.peek()).toBeUndefined();
  });

  it("does not count an outcome twice", () => {
    const budget = new MemoryBudget(10_000);
    const subscription = new Subscription("s", LIMITS, newTally());
    add(subscription, budget, "once");
    const copy = subscription.take();
    if (copy === undefined) throw new Error("nothing was taken");
    subscription.finish(copy);
    subscription.finish(copy);
    expect(budget.used).toBe(0);
  });
});

function outcome(kind: string): Outcome {
  if (kind === "failed") return { kind: "modified", deliveryFailed: true, undeliverableHere: false };
  return { kind: kind as "accepted" | "released" };
}
