import { describe, expect, it } from "vitest";
import { checkPattern, parsePattern, PatternError } from "../../../src/schema/patterns/index.ts";

function errorOf(run: () => unknown): PatternError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}

describe("a pattern", () => {
  it.each([
    { pattern: "a{2,1}", position: 1, reason: "the quantity {2,1} is empty; the second number is at least the first" },
    {
      pattern: "a{,2}",
      position: 1,
      reason: `"{" begins no quantity; write {n}, {n,} or {n,m}, or "\\{" for the character`,
    },
    { pattern: "*a", position: 0, reason: `"*" repeats nothing; write "\\*" for the character` },
    { pattern: "a**", position: 2, reason: `"*" repeats nothing; write "\\*" for the character` },
    { pattern: "(ab", position: 0, reason: `"(" is not closed; write "\\(" for the character` },
    { pattern: "ab)", position: 2, reason: `")" closes nothing; write "\\)" for the character` },
    { pattern: "[]", position: 0, reason: "the class is empty" },
    { pattern: "[a", position: 0, reason: `"[" is not closed; write "\\[" for the character` },
    { pattern: "[z-a]", position: 1, reason: "the range z-a is empty; the first character comes first" },
    { pattern: "[a-c-e]", position: 4, reason: `"-" in a class stands at its beginning or end; write "\\-" elsewhere` },
    { pattern: "[a[b]]", position: 2, reason: `"[" in a class is written "\\["` },
    { pattern: "\\u0041", position: 0, reason: `there is no escape "\\u"` },
    { pattern: "a\\", position: 1, reason: `"\\" at the end escapes nothing` },
    { pattern: "\\p{Xx}", position: 0, reason: `there is no Unicode category or block "Xx"` },
    { pattern: "\\p{IsAtlantis}", position: 0, reason: `there is no Unicode category or block "IsAtlantis"` },
  ])("$pattern is refused at character $position", ({ pattern, position, reason }) => {
    const error = errorOf(() => parsePattern(pattern));
    expect(error).toMatchObject({ code: "FORX0002", position, reason });
    expect(error?.message).toBe(`the pattern "${pattern}" cannot be used: ${reason} (character ${position + 1})`);
  });

  it.each([
    { kind: "alternatives that match the same", pattern: "(a|a|aa)*c" },
    { kind: "a counted repetition within another", pattern: "(\\w{1,100} ?)*" },
    { kind: "a line end that is one or two characters", pattern: "(\\s|\\r\\n)*" },
    { kind: "hundreds of millions of positions", pattern: "(((a{0,100}){0,100}){0,100}){0,100}" },
    { kind: "parentheses nested too deep", pattern: "(".repeat(50) + ")".repeat(50) },
    { kind: "more characters than are read", pattern: "a".repeat(10_001) },
  ])("with $kind is refused as too much", ({ pattern }) => {
    expect(errorOf(() => checkPattern(pattern))).toMatchObject({ code: "xqbus:limit-exceeded" });
  });

  it.each([
    "(a+)+b",
    "(a*)*",
    "(\\w+\\s?)*",
    "(a|b|\\d)*c",
    "[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}",
    "\\d{4}(-\\d{2}(-\\d{2})?)?",
    ".*@.*\\..*",
    "[^@]+@[^@]+",
    "(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4})|::1",
  ])("%s is fine", (pattern) => {
    expect(errorOf(() => checkPattern(pattern))).toBeUndefined();
  });

  it("may be larger where the limits are", () => {
    const pattern = "(a{1,100}){1,100}b";
    expect(errorOf(() => parsePattern(pattern))).toBeUndefined();
    expect(errorOf(() => checkPattern(pattern))?.reason).toContain("(maxPositions)");
    expect(errorOf(() => checkPattern("[a-z]{1,20}", { maxPositions: 19 }))?.reason).toContain("(maxPositions)");
    expect(errorOf(() => checkPattern("[a-z]{1,20}", { maxPositions: 20 }))).toBeUndefined();
  });
});
