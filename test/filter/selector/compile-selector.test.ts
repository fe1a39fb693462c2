import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSelector, SelectorError, type SelectorValue } from "../../../src/filter/index.ts";

const PROPERTIES: Readonly<Record<string, SelectorValue>> = {
  name: "O'Hara",
  color: "blue",
  count: 7n,
  weight: 2.5,
  isNew: true,
  isOld: false,
  straße_1: "x",
  $dollar: 1n,
  max: 9223372036854775807n,
};

function matches(selector: string): boolean {
  return compileSelector(selector).matches((name) => PROPERTIES[name]);
}

/** The answer in three values: what is neither true nor false when it is negated is unknown. */
function truth(selector: string): boolean | undefined {
  if (matches(selector)) return true;
  return matches(`NOT (${selector})`) ? false : undefined;
}

describe("a selector", () => {
  it.each<[selector: string, expected: boolean | undefined]>([
    ["count = 7", true],
    ["count <> 7", false],
    ["count > 6.5 AND count < 7.5", true],
    ["count >= 7 and Count <= 7", undefined],
    ["weight = 25e-1", true],
    ["weight = 2.5d AND weight = 2.5F AND count = 7L", true],
    ["count = 0x7 AND count = 07 AND count = 7.", true],
    [".5 * 2 = 1", true],
    ["-count = -7", true],
    ["- -count = +7", true],
    ["count + 3 * 2 = 13", true],
    ["(count + 3) * 2 = 20", true],
    ["count / 2 = 3", true],
    ["count / 2.0 = 3.5", true],
    ["-7 / 2 = -3", true],
    ["count - 3 - 2 = 2", true],
    ["count / 0 = 1", undefined],
    ["max + 1 = -9223372036854775808", true],
    ["name = 'O''Hara'", true],
    ["color > 'a'", false],
    ["color = 7", false],
    ["color <> 7", false],
    ["isNew", true],
    ["NOT isNew", false],
    ["not isOld AND isNew = TRUE", true],
    ["isNew = isOld", false],
    ["isNew > FALSE", false],
    ["nothing", undefined],
    ["nothing = 1", undefined],
    ["nothing = 1 OR isNew", true],
    ["nothing = 1 AND isOld", false],
    ["nothing = 1 OR isOld", undefined],
    ["nothing = 1 AND isNew", undefined],
    ["NOT nothing = 1", undefined],
    ["nothing IS NULL", true],
    ["nothing IS NOT NULL", false],
    ["color IS NOT NULL AND color is null = FALSE", undefined],
    ["color BETWEEN 1 AND 2", false],
    ["count BETWEEN 7 AND 9", true],
    ["count NOT BETWEEN 7 AND 9", false],
    ["count BETWEEN nothing AND 9", undefined],
    ["count BETWEEN nothing AND 3", false],
    ["count between 1 + 1 and 2 * 4 and isNew", true],
    ["color IN ('red', 'blue')", true],
    ["color NOT IN ('red', 'blue')", false],
    ["nothing IN ('red')", undefined],
    ["nothing NOT IN ('red')", undefined],
    ["count IN ('7')", false],
    ["color LIKE 'bl%'", true],
    ["color LIKE 'b_ue'", true],
    ["color LIKE '%'", true],
    ["color LIKE '%l%e%'", true],
    ["color LIKE 'blue_'", false],
    ["color LIKE ''", false],
    ["color NOT LIKE 'r%'", true],
    ["name LIKE 'O''%'", true],
    ["count LIKE '7'", false],
    ["nothing LIKE '%'", undefined],
    ["color LIKE 'b\\_ue' ESCAPE '\\'", false],
    ["straße_1 = 'x' AND $dollar = 1", true],
    ["count + color = 7", undefined],
    ["isOld OR isNew AND isOld OR isNew", true],
    ["(((isNew)))", true],
    ["(count > 3) = TRUE", true],
    ["\n count\t=\r\n7 ", true],
  ])("%s", (selector, expected) => {
    if (selector.includes("is null =")) expect(() => truth(selector)).toThrow(SelectorError);
    else expect(truth(selector)).toBe(expected);
  });

  it("selects everything when it is empty", () => {
    expect(matches(" ")).toBe(true);
  });

  it("names the properties it asks for", () => {
    expect(compileSelector("a = 1 OR b LIKE 'x' OR a > c").identifiers).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["count =", 8, "found the end of the selector; expected a property, a value or a parenthesis"],
    ["count", -1, ""],
    ["7", 1, "a number is no condition"],
    ["'a'", 1, "a string is no condition"],
    ["count + 1", 1, "a number is no condition"],
    ["color = 'red", 9, "found a string that is not closed"],
    ["color == 'red'", 8, "found =; expected a property, a value or a parenthesis"],
    ["a = 1 b", 7, "found b; expected an operator or the end of the selector"],
    ["'a' IS NULL", 1, "IS NULL is asked of a property"],
    ["(a) IS NULL", 1, "IS NULL is asked of a property"],
    ["a LIKE b", 8, "found b; expected a string in single quotes"],
    ["a LIKE 'x' ESCAPE 'ab'", 19, "ESCAPE is followed by one character"],
    ["a LIKE 'x\\y' ESCAPE '\\'", 8, "in a pattern \\ must be followed by %, _ or itself"],
    ["a IN ()", 7, "found ); expected a string in single quotes"],
    ["a IN (1)", 7, "found 1; expected a string in single quotes"],
    ["a NOT = 1", 7, "found =; expected BETWEEN, IN or LIKE behind NOT"],
    ["a BETWEEN 1", 12, "found the end of the selector; expected AND"],
    ["TRUE + 1 = 2", 1, "arithmetic needs numbers; found a boolean"],
    ["a = #", 5, 'found "#"'],
    ["a-b = 1 AND 1a = 2", 13, 'found "1"'],
    ["a = 99999999999999999999", 5, "an exact number is out of range; write it with a point or an exponent"],
    ["a = 1e999", 5, "a number is out of range"],
    ["a = 09", 5, "09 begins with 0 as octal numbers do, and is none"],
    ["(a = 1", 7, "found the end of the selector; expected )"],
    ["NOT", 4, "found the end of the selector; expected a property, a value or a parenthesis"],
  ])("%s is refused with the place", (selector, character, reason) => {
    if (character < 0) return expect(() => compileSelector(selector)).not.toThrow();
    expect(() => compileSelector(selector)).toThrow(`the selector is wrong at character ${character}: ${reason}`);
  });

  it.each([
    ["parentheses", `${"(".repeat(10_000)}a = 1${")".repeat(10_000)}`],
    ["negations", `${"NOT ".repeat(10_000)}a`],
    ["signs", `a = ${"- ".repeat(10_000)}1`],
    ["a long pattern", `a LIKE '${"%a".repeat(10_000)}'`],
    ["a long number", `a = ${"9".repeat(10_000)}`],
    ["a long text", "a = 1 OR ".repeat(10_000)],
  ])("with %s without end is refused", (_, selector) => {
    expect(() => compileSelector(selector)).toThrow(/is nested more than 200|at most|more than 400 digits/);
  });

  it("may be wide", () => {
    const wide = Array.from({ length: 3000 }, (_, i) => `a${i} = ${i}`).join(" OR ");
    expect(compileSelector(wide).matches((name) => (name === "a2999" ? 2999n : undefined))).toBe(true);
    expect(compileSelector(`a = ${"1 + ".repeat(5000)}0`).matches(() => 5000n)).toBe(true);
  });

  it("finds a pattern as a regular expression does", () => {
    const part = fc.constantFrom("a", "b", "_", "%", "\\%", "\\_");
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom("a", "b", "%", "_"), maxLength: 10 }),
        (parts, value) => {
          const regex = parts
            .map((each) => (each === "_" ? "." : each === "%" ? ".*" : each.replace("\\", "")))
            .join("");
          const selector = compileSelector(`p LIKE '${parts.join("")}' ESCAPE '\\'`);
          expect(selector.matches(() => value)).toBe(new RegExp(`^(?:${regex})$`, "s").test(value));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("never fails in another way than with its own error, whatever the text is", () => {
    const word = fc.constantFrom(
      ..."a b 1 2.5 'x' ( ) AND OR NOT = <> < + - * / , IN LIKE BETWEEN IS NULL TRUE ESCAPE".split(" "),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
          fc.string(),
        ),
        (text) => {
          try {
            const selector = compileSelector(text);
            expect(typeof selector.matches(() => undefined)).toBe("boolean");
          } catch (error) {
            expect(error).toBeInstanceOf(SelectorError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
