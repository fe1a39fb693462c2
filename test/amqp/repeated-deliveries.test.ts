import { beforeEach, describe, expect, it } from "vitest";
import { RepeatedDeliveries } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";

const MINUTE = 60_000;

let now: number;
let told: XqbusError[];
let deliveries: RepeatedDeliveries;

beforeEach(() => {
  now = 5;
  told = [];
  deliveries = new RepeatedDeliveries(
    (error) => told.push(error),
    () => now,
  );
});

function see(messageId: string | undefined, deliveryCount: number): void {
  deliveries.see({ ...(messageId === undefined ? {} : { messageId }), deliveryCount });
}

describe("events that come again without an outcome", () => {
  it("are no matter when that is once or twice", () => {
    for (const count of [0, 1, 2]) see("m", count);
    expect(told).toEqual([]);
    expect(deliveries.recent).toBeUndefined();
  });

  it("are told of with their id, their number and what to do", () => {
    see("m", 3);
    expect(told.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "xqbus:repeated-delivery: the event m was delivered 3 times before, and nobody said what became of it: processes were killed, or lost " +
        "their connection. A broker that limits attempts gives such events up; let it have no limit for the subscriptions of xqbus " +
        "(docs/scaling.md)",
    ]);
  });

  it("are told of once a minute, however many there are and however their numbers grow", () => {
    for (let count = 3; count < 1000; count++) see(`m${count}`, count);
    expect(told).toHaveLength(1);
    now += MINUTE - 1;
    see("late", 3);
    expect(told).toHaveLength(1);
    now += 1;
    see("later", 4);
    expect(told).toHaveLength(2);
    expect(told[1]?.message).toMatch(/^the event later was delivered 4 times/);
  });

  it("are remembered for ten minutes, the one with the highest number", () => {
    see("a", 4);
    see("b", 7);
    see("c", 5);
    expect(deliveries.recent).toEqual({ messageId: "b", failures: 7 });
    now += 10 * MINUTE;
    expect(deliveries.recent).toBeUndefined();
    see("d", 3);
    expect(deliveries.recent).toEqual({ messageId: "d", failures: 3 });
  });

  it("may have no id, or a long one", () => {
    see(undefined, 3);
    expect(told[0]?.message).toMatch(/^an event without message id was delivered 3 times/);
    see("x".repeat(100_000), 8);
    expect(deliveries.recent?.messageId).toHaveLength(200);
  });
});
