import { describe, expect, it } from "vitest";
import { newMessageId } from "../../src/amqp/message-id.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("a message id", () => {
  it("is a UUIDv7 that tells its time", () => {
    const now = Date.UTC(2126, 0, 1);
    const id = newMessageId(now);
    expect(id).toMatch(UUID_V7);
    expect(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(now);
  });

  it("ascends within a millisecond, beyond the counter's end, and when the clock is set back", () => {
    const now = Date.UTC(2126, 0, 2);
    const ids = Array.from({ length: 20_000 }, (_, i) => newMessageId(now - (i % 3)));
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => UUID_V7.test(id))).toBe(true);
  });

  it("is another one in its random part, too", () => {
    const tails = Array.from({ length: 5_000 }, () => newMessageId().slice(19));
    expect(new Set(tails).size).toBe(tails.length);
  });
});
