import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rate, type RateOptions } from "../../src/subscription/rate.ts";
import { TokenBucket } from "../../src/subscription/token-bucket.ts";
import { thrownBy } from "./thrown-by.ts";

describe("a rate", () => {
  it.each<[string | RateOptions, object]>([
    ["10/s", { count: 10, perMs: 1000, burst: 1 }],
    ["100/min", { count: 100, perMs: 60_000, burst: 1 }],
    [" 5/h burst 5 ", { count: 5, perMs: 3_600_000, burst: 5 }],
    [
      { count: 1, perMs: 5 },
      { count: 1, perMs: 5, burst: 1 },
    ],
  ])("is read: %j", (given, expected) => {
    expect(rate(given)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    ["10", 'rate: "10" is not understood; expected 10/s, 100/min, 5/h, with burst 5 behind it'],
    ["0/s", "rate count must be a whole number from 1 to 1000000, got 0"],
    ["1/s burst 0", "rate burst must be a whole number from 1 to 1000000, got 0"],
    [{ count: 1 }, "rate perMs must be a whole number from 1 to 315360000000, got undefined"],
    [{ count: 1, per: "s" }, 'rate has no member "per"; its members are count, perMs, burst'],
    [[], "rate must be a text or an object, got a list"],
  ])("that is wrong is refused: %j", (given, message) => {
    expect(thrownBy(() => rate(given as string))).toBe(`xqbus:illegal-argument: ${message}`);
  });
});

const someRate = fc.record({
  count: fc.integer({ min: 1, max: 50 }),
  perMs: fc.integer({ min: 1, max: 5000 }),
  burst: fc.integer({ min: 1, max: 5 }),
});

describe("a bucket of tokens", () => {
  it("gives no more than the rate and its burst, whenever it is asked", () => {
    fc.assert(
      fc.property(someRate, fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }), (options, steps) => {
        const bucket = new TokenBucket(rate(options));
        const taken: number[] = [];
        let now = 0;
        for (const step of steps) {
          now += step;
          while (bucket.take(now)) taken.push(now);
        }
        const { count, perMs, burst } = options;
        for (const [index, time] of taken.entries()) {
          const within = taken.slice(index).filter((other) => other < time + perMs).length;
          expect(within).toBeLessThanOrEqual(count + burst - 1);
        }
      }),
    );
  });

  it("gives the whole rate to who takes each token when it is there", () => {
    fc.assert(
      fc.property(someRate, (options) => {
        const bucket = new TokenBucket(rate(options));
        let now = 0;
        for (let taken = 0; taken < 200; taken++) {
          now = bucket.nextAt(now);
          expect(bucket.take(now)).toBe(true);
        }
        expect(now).toBeCloseTo((Math.max(0, 200 - options.burst) * options.perMs) / options.count, 3);
      }),
    );
  });

  it("is not shut for long when the clock is set back", () => {
    const bucket = new TokenBucket(rate("10/s"));
    expect(bucket.take(1_000_000)).toBe(true);
    expect(bucket.nextAt(1000)).toBe(1200);
  });
});
