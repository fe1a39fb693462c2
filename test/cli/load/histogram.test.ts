import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram } from "../../../src/cli/load/histogram.ts";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

const micros = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 5_000_000 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
const values = fc.array(micros, { minLength: 1, maxLength: 200 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("a histogram of durations", () => {
  it("gives percentiles that are never too low, and less than 0.8 % too high", () => {
    fc.assert(
      fc.property(values, share, (list, part) => {
        const sorted = list.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(list.length * part)) - 1]!;
        const found = histogramOf(list).percentile(part);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact + exact / 128);
      }),
    );
  });

  it("keeps its total and its exact maximum", () => {
    fc.assert(
      fc.property(values, (list) => {
        const histogram = histogramOf(list);
        expect([histogram.total, histogram.percentiles.max]).toEqual([list.length, Math.max(...list)]);
      }),
    );
  });

  it("is the same after it was sent to another process", () => {
    fc.assert(
      fc.property(values, (list) => {
        const histogram = histogramOf(list);
        const copy = Histogram.of(JSON.parse(JSON.stringify(histogram.counts)) as typeof histogram.counts);
        expect([copy.total, copy.percentiles, copy.counts]).toEqual([
          histogram.total,
          histogram.percentiles,
          histogram.counts,
        ]);
      }),
    );
  });

  it.each<[string, readonly number[], object]>([
    ["nothing", [], { p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }],
    ["one value", [7], { p50: 7, p90: 7, p99: 7, p999: 7, max: 7 }],
    ["a thousand values", Array.from({ length: 1000 }, (_, i) => i % 200), { p50: 99, p90: 179, p99: 197, max: 199 }],
    ["times before they were due", [-3], { p50: 0, max: 0 }],
    ["more than it can hold", [2 ** 40], { p50: 2 ** 32 - 1, max: 2 ** 32 - 1 }],
  ])("tells the percentiles of %s", (_what, list, expected) => {
    expect(histogramOf(list).percentiles).toMatchObject(expected);
  });
});
