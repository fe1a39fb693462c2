import { describe, expect, it } from "vitest";
import { compileFilter, FilterIndex } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";

const DOCUMENT = parseXml("<a/>");

/** Small, so that a test fails by an answer where something is not charged, and not by waiting. */
const BUDGET = { maxSteps: 100_000, maxCells: 100_000, maxDepth: 100 };

describe("filter bombs end by their budget", () => {
  const long = "string-join((1 to 2000) ! 'abcdefgh')";
  const rows: readonly [what: string, query: string][] = [
    ["recursion", "declare function local:f($n) { 1 + local:f($n + 1) }; local:f(0) = 1"],
    ["a long range", "count(1 to 1000000000) = 1"],
    ["nested loops", "some $a in 1 to 10000, $b in 1 to 10000 satisfies $a + $b = -1"],
    ["slices of a sequence", "let $b := 1 to 2000 return empty((1 to 1000)[tail($b) = 0][. = 0])"],
    ["slices by position", "let $b := 1 to 2000 return (some $i in 1 to 1000 satisfies subsequence($b, 2000) = 0)"],
    ["turned sequences", "let $b := 1 to 2000 return (some $i in 1 to 1000 satisfies head(reverse($b)) = 0)"],
    ["least values", "let $b := 1 to 2000 return (some $i in 1 to 1000 satisfies min($b) = 0)"],
    ["lengths of texts", `let $s := ${long} return (some $i in 1 to 1000 satisfies string-length($s) = 0)`],
    ["texts in texts", `let $s := ${long} return (some $i in 1 to 1000 satisfies contains($s, 'x'))`],
    ["functions as values", "let $b := 1 to 2000, $f := reverse#1 return (some $i in 1 to 1000 satisfies $f($b) = 0)"],
  ];
  it.each(rows)("%s: %s", (_, query) => {
    expect(errorOf(() => compileFilter(query, { budget: BUDGET }).matches(DOCUMENT)).code).toBe("XPDY0130");
  });

  it("distinct numbers cost about one step each", () => {
    const distinct = compileFilter("count(distinct-values((1 to 8000, 1 to 8000))) = 8000", { budget: BUDGET });
    expect(distinct.matches(DOCUMENT)).toBe(true);
    const promoted = compileFilter("count(distinct-values((0.1, 0.1e0, xs:float('0.1'), 0.2, 'x'))) = 3");
    expect(promoted.matches(DOCUMENT)).toBe(true);
  });
});

describe("what is evaluated inside one another has a bounded depth", () => {
  it.each([
    ["predicates of a step", `/a${"[1]".repeat(101)}`, "a step has more than 100 predicates"],
    [
      "predicates of a value",
      `(1)${"[1]".repeat(102)}`,
      "more than 100 predicates, calls and lookups follow one another",
    ],
    ["steps", `/a${"/a".repeat(600)}`, "a path has more than 500 steps"],
  ])("%s", (_, query, reason) => {
    expect(errorOf(() => compileFilter(query))).toMatchObject({
      code: "xqbus:limit-exceeded",
      message: expect.stringContaining(reason) as string,
    });
  });
});

describe("numbers have a bounded size", () => {
  const rows: readonly [query: string, text: string, code: string][] = [
    ["fold-left(1 to 100, 3, function($s, $i) { $s * $s }) = 0", "", "FOAR0002"],
    ["fold-left(1 to 100, 0.1, function($s, $i) { $s * $s }) = 0", "", "FOAR0002"],
    ["xs:integer(/a) = 0", "1".repeat(2001), "FOCA0006"],
    ["xs:decimal(/a) = 0", `1.${"0".repeat(500_000)}`, "FOCA0006"],
    ["xs:dayTimeDuration(/a) = xs:dayTimeDuration('P1D')", `PT1.${"0".repeat(500_000)}S`, "FODT0002"],
    ["xs:time(/a) = xs:time('00:00:00')", `00:00:00.${"0".repeat(500_000)}`, "FODT0001"],
  ];
  it.each(rows)("%s", (query, text, code) => {
    expect(errorOf(() => compileFilter(query).matches(parseXml(`<a>${text}</a>`))).code).toBe(code);
  });

  it("2000 digits are fine", () => {
    expect(compileFilter("xs:integer(/a) - 1 < xs:integer(/a)").matches(parseXml(`<a>${"9".repeat(2000)}</a>`))).toBe(
      true,
    );
  });
});

it("a function named as something every object has is unknown, and not refused", () => {
  for (const name of ["toString", "constructor", "hasOwnProperty"])
    expect(errorOf(() => compileFilter(`${name}()`)).code).toBe("XPST0017");
});

it("bombs in an index are put in quarantine one by one, and the others are served at every event", () => {
  const index = new FilterIndex({ budget: BUDGET, quarantineAfter: 2 });
  const bombs = [
    "count(1 to 1000000000) = 1",
    "let $b := 1 to 2000 return (some $i in 1 to 1000 satisfies min($b) = 0)",
  ];
  index.add("first", "/a");
  bombs.forEach((bomb, i) => index.add(`bomb ${i}`, bomb));
  index.add("last", "not(/b)");
  for (let event = 1; event <= 4; event++) {
    expect([...index.match(DOCUMENT)].sort()).toEqual(["first", "last"]);
    for (const i of bombs.keys()) {
      const { count, isQuarantined } = index.errorsOf(`bomb ${i}`)!;
      expect({ count, isQuarantined }).toEqual({ count: Math.min(event, 2), isQuarantined: event >= 2 });
    }
  }
});
