import { describe, expect, it } from "vitest";
import { Backoff } from "../../src/amqp/backoff.ts";

const OPTIONS = { minDelayMs: 100, maxDelayMs: 1_000, factor: 2, jitter: 0.5 };

describe("the pauses between attempts", () => {
  it("grow up to the longest one, and begin again after a success", () => {
    const backoff = new Backoff({ ...OPTIONS, random: () => 0 });
    const four = (): number[] => Array.from({ length: 6 }, () => backoff.next());
    expect(four()).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    backoff.reset();
    expect(four()).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("are shortened by chance, by the part that jitter says", () => {
    const chances = [0, 0.5, 0.999];
    const backoff = new Backoff({ ...OPTIONS, factor: 1, random: () => chances.shift() ?? 0 });
    expect([backoff.next(), backoff.next(), Math.round(backoff.next())]).toEqual([100, 75, 50]);
  });
});
