import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryHandledIds } from "../../src/subscription/index.ts";
import { VirtualClock } from "../broker/virtual-clock.ts";
import { thrownBy } from "./thrown-by.ts";

describe("a window of handled ids in memory", () => {
  it("knows what was handled, until it is too old", () => {
    const clock = new VirtualClock(0);
    const ids = new MemoryHandledIds({ maxAgeMs: 1000, clock });
    ids.add("a");
    clock.advance(1000);
    expect([ids.has("a"), ids.has("b")]).toEqual([true, false]);
    clock.advance(1);
    expect(ids.has("a")).toBe(false);
  });

  it("counts the age from the last time", () => {
    const clock = new VirtualClock(0);
    const ids = new MemoryHandledIds({ maxAgeMs: 1000, clock });
    ids.add("a");
    clock.advance(900);
    ids.add("a");
    clock.advance(900);
    expect(ids.has("a")).toBe(true);
  });

  it("forgets what is too old when it learns something new", () => {
    const clock = new VirtualClock(0);
    const ids = new MemoryHandledIds({ maxAgeMs: 1000, clock });
    for (let id = 0; id < 100; id++) ids.add(String(id));
    clock.advance(1001);
    ids.add("new");
    expect(ids.size).toBe(1);
  });

  it("tells long ids apart", () => {
    const ids = new MemoryHandledIds();
    ids.add(`${"x".repeat(100_000)}a`);
    expect(["a", "b"].map((end) => ids.has("x".repeat(100_000) + end))).toEqual([true, false]);
  });

  it("knows exactly the last ids, as many as it may", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), fc.integer({ min: 1, max: 10 }), (added, maxCount) => {
        const ids = new MemoryHandledIds({ maxCount });
        for (const id of added) ids.add(String(id));
        const last = [...new Set(added.toReversed())].slice(0, maxCount);
        expect(Array.from({ length: 21 }, (_, id) => ids.has(String(id)))).toEqual(
          Array.from({ length: 21 }, (_, id) => last.includes(id)),
        );
      }),
    );
  });

  it.each([
    [{ maxCount: 0 }, "maxCount must be a whole number from 1 to 10000000, got 0"],
    [{ maxAgeMs: NaN }, "maxAgeMs must be a whole number from 1 to 315360000000, got NaN"],
  ])("refuses %j", (options, message) => {
    expect(thrownBy(() => new MemoryHandledIds(options))).toBe(`xqbus:illegal-argument: ${message}`);
  });
});
