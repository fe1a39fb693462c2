import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IntervalSet } from "../../../src/filter/index/interval-set.ts";

const end = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(-Infinity, Infinity));
const interval = fc.record({ low: end, high: end, isWide: fc.constant(false) });

describe("a set of intervals", () => {
  it("finds those that a span of values touches, while others come and go", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("add" as const), interval }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), place: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("find" as const), min: end, max: end }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
        const set = new IntervalSet();
        const there = new Map<number, { low: number; high: number; isWide: boolean }>();
        let next = 0;
        for (const each of steps) {
          if (each.kind === "add") {
            there.set(next, each.interval);
            set.add(each.interval, next++);
          } else if (each.kind === "remove") {
            const entry = [...there.keys()][each.place % Math.max(1, there.size)];
            if (entry === undefined) continue;
            set.remove(there.get(entry)!, entry);
            there.delete(entry);
          } else {
            const found: number[] = [];
            set.collect(each.min, each.max, found);
            const expected = [...there].filter(([, { low, high }]) => low <= each.max && high >= each.min);
            expect(found.sort((a, b) => a - b)).toEqual(expected.map(([entry]) => entry));
          }
        }
        expect(set.size).toBe(there.size);
      }),
    );
  });
});
