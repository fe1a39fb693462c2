import { describe, expect, it } from "vitest";
import type { MessageProperties } from "../../src/amqp/index.ts";
import { PastOutcomes } from "../../src/amqp/past-outcomes.ts";
import { Event } from "../../src/event/index.ts";

const event = (name: string): Event => Event.parse(`<Event><${name}/></Event>`);
const withId = (messageId: string, deliveryCount = 0): MessageProperties => ({
  ...{ messageId, deliveryCount, applicationProperties: {} },
});
const WITHOUT_ID: MessageProperties = { deliveryCount: 0, applicationProperties: {} };
const FAILED = { attempts: 2, firstAt: 7, isRejected: false };
const REJECTED = { attempts: 3, firstAt: 7, isRejected: true };

describe("what a consumer has said of events", () => {
  it("is known by message id, until it is forgotten", () => {
    const past = new PastOutcomes();
    past.remember(event("A"), withId("1"), FAILED);
    expect(past.of(event("B"), withId("1"))).toEqual(FAILED);
    expect(past.of(event("A"), withId("2"))).toBeUndefined();
    past.forget(event("A"), withId("1"));
    expect(past.of(event("A"), withId("1"))).toBeUndefined();
  });

  it("is known by content where there is no message id", () => {
    const past = new PastOutcomes();
    past.remember(event("A"), WITHOUT_ID, FAILED);
    expect(["A", "B"].map((name) => past.of(event(name), WITHOUT_ID)?.attempts)).toEqual([2, undefined]);
  });

  it("is forgotten of a rejected event that somebody has sent again, and not of one that the broker repeats", () => {
    const past = new PastOutcomes();
    past.remember(event("A"), withId("1"), REJECTED);
    expect(past.of(event("A"), withId("1", 3))).toEqual(REJECTED);
    expect(past.of(event("A"), withId("1"))).toBeUndefined();
    expect(past.of(event("A"), withId("1", 3))).toBeUndefined();
  });

  it("is forgotten when ten thousand others have failed since", () => {
    const past = new PastOutcomes();
    for (const id of ["first", "second", "first"]) past.remember(event("A"), withId(id), FAILED);
    for (let i = 0; i < 9_999; i++) past.remember(event("A"), withId(i.toString()), FAILED);
    expect(["first", "second"].map((id) => past.of(event("A"), withId(id))?.attempts)).toEqual([2, undefined]);
  });
});
