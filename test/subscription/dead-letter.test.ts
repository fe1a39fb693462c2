import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { deadLetter } from "../../src/subscription/index.ts";

const FACTS = {
  id: "a1",
  key: undefined,
  handler: "mail",
  reason: "attempts",
  attempts: 5,
  firstAt: 1000,
  lastAt: 2000,
  origin: "org.clacks",
} as const;

describe("a dead letter", () => {
  it.each<[string, unknown, object]>([
    [
      "an error of ours",
      new XqbusError("xqbus:timeout", "too slow"),
      { name: "XqbusError", code: "xqbus:timeout", message: "too slow" },
    ],
    ["an error with lines", new TypeError("a\r\n\tb\u2028c"), { name: "TypeError", message: "a b c" }],
    ["a long text", "x".repeat(1_000_000), { name: "Error", message: `${"x".repeat(500)}…` }],
    [
      "a text cut within a character",
      new Error(`${"x".repeat(499)}😀`),
      { name: "Error", message: `${"x".repeat(499)}…` },
    ],
    ["nothing", undefined, { name: "Error", message: "undefined" }],
    ["a number as code", { code: 5, message: "five" }, { name: "Error", message: "five" }],
    [
      "an object that throws",
      {
        get message() {
          throw new Error();
        },
      },
      { name: "Error", message: "an error that cannot be read" },
    ],
  ])("says of %s what fits on a line", (_, error, expected) => {
    expect(deadLetter({ ...FACTS, error })).toEqual({ ...FACTS, error: { code: undefined, ...expected } });
  });

  it("has nothing of an error but its words", () => {
    const error = Object.assign(new Error("no", { cause: "SECRET" }), { body: "SECRET", response: { data: "SECRET" } });
    expect(JSON.stringify(deadLetter({ ...FACTS, error }))).not.toContain("SECRET");
  });

  it("shortens what a sender chose", () => {
    const long = "i".repeat(5000);
    const letter = deadLetter({ ...FACTS, id: long, key: long, origin: long, error: new Error("") });
    expect([letter.id, letter.key, letter.origin].map((text) => text?.length)).toEqual([201, 201, 201]);
  });
});
