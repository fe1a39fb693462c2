import { describe, expect, it } from "vitest";
import { FailedAttempts } from "../../src/amqp/failed-attempts.ts";
import type { EventDelivery } from "../../src/amqp/index.ts";
import { Event } from "../../src/event/index.ts";

function delivery(text: string, messageId: string | undefined, deliveryCount = 0): EventDelivery {
  const properties = { deliveryCount, applicationProperties: {}, ...(messageId === undefined ? {} : { messageId }) };
  return { event: Event.parse(`<Event><${text}/></Event>`), result: [], properties };
}

describe("the failures of an event", () => {
  it("are counted by message id", () => {
    const attempts = new FailedAttempts();
    expect(["a", "b", "a", "a"].map((id) => attempts.record(delivery("E", id)))).toEqual([1, 1, 2, 3]);
  });

  it("are counted by content where there is no message id", () => {
    const attempts = new FailedAttempts();
    expect(["A", "B", "A"].map((text) => attempts.record(delivery(text, undefined)))).toEqual([1, 1, 2]);
  });

  it("are those that the broker counts, where it counts more", () => {
    const attempts = new FailedAttempts();
    expect([4, 0, 9].map((count) => attempts.record(delivery("E", "a", count)))).toEqual([5, 6, 10]);
  });

  it("are forgotten when ten thousand others have failed since", () => {
    const attempts = new FailedAttempts();
    attempts.record(delivery("E", "first"));
    attempts.record(delivery("E", "second"));
    attempts.record(delivery("E", "first"));
    for (let i = 0; i < 9_999; i++) attempts.record(delivery("E", i.toString()));
    expect(attempts.record(delivery("E", "first"))).toBe(3);
    expect(attempts.record(delivery("E", "second"))).toBe(1);
  });
});
