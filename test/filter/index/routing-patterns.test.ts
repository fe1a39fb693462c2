import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RoutingPatterns } from "../../../src/filter/index/routing-patterns.ts";

function matches(pattern: string, key: string): boolean {
  const patterns = new RoutingPatterns();
  patterns.take(pattern);
  return patterns.matching(key).length === 1;
}

/** The definition, by trying everything. */
function matchesSlowly(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return key.length === 0;
  if (first === "#") return matchesSlowly(rest, key) || (key.length > 0 && matchesSlowly(pattern, key.slice(1)));
  return key.length > 0 && (first === "*" || first === key[0]) && matchesSlowly(rest, key.slice(1));
}

describe("a pattern of routing keys", () => {
  it.each([
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.operation.cancel", true],
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.operation.cancel.by.user", true],
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.user.operation.cancel", false],
    ["pylabs.event.crm.*.cancel.#", "pylabs.event.crm.cancel.operation.confirmed", false],
    ["#", "", true],
    ["#", "a.b", true],
    ["*", "", false],
    ["*", "a.b", false],
    ["a.#.b", "a.b", true],
    ["a.#.b", "a.x.y.b", true],
    ["a.#.b", "a.x.y.b.c", false],
    ["a.*", "a.*", true],
    ["a..b", "a..b", true],
    ["", "", true],
    ["", "a", false],
  ])("%s and the key %s: %s", (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected);
  });

  it("matches what the definition says, among others and after others are gone", () => {
    const words = fc.array(fc.constantFrom("a", "b", "*", "#"), { minLength: 1, maxLength: 6 });
    const keys = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(words, { minLength: 1 }), fc.array(keys), fc.nat(), (all, wanted, gone) => {
        const patterns = new RoutingPatterns();
        const taken = all.map((pattern) => patterns.take(pattern.join(".")));
        const removed = gone % all.length;
        patterns.release(taken[removed]!);
        const left = all.filter((_, i) => i !== removed);
        for (const key of wanted) {
          const expected = new Set(
            left.filter((pattern) => matchesSlowly(pattern, key)).map((pattern) => pattern.join(".")),
          );
          expect(new Set(patterns.matching(key.join(".")).map(({ text }) => text))).toEqual(expected);
        }
      }),
    );
  });

  it("with many # takes no longer than its words times those of the key", () => {
    const pattern = Array.from({ length: 60 }, () => "#.a").join(".");
    expect(matches(pattern, `${"a.".repeat(400)}b`)).toBe(false);
    expect(matches(pattern, `${"a.".repeat(400)}a`)).toBe(true);
  });
});
