import { describe, expect, it } from "vitest";
import {
  InvalidEventError,
  formatProblem,
  formatSchemaProblem,
  type ValidationProblem,
} from "../../src/schema/index.ts";

function problem(line: number): ValidationProblem {
  return { path: "/Event", line, column: 3, code: "cvc-elt.1", message: `mistake ${line}` };
}

describe("a problem as text", () => {
  it("has file, line and message", () => {
    expect(formatProblem(problem(7), "PhoneStatus.xml")).toBe("PhoneStatus.xml:7: mistake 7");
    expect(formatProblem(problem(7))).toBe("document:7: mistake 7");
    expect(formatSchemaProblem({ file: "/s/A.xsd", line: 2, message: "wrong" })).toBe("/s/A.xsd:2: wrong");
  });
});

describe("InvalidEventError", () => {
  it.each([
    [1, "the event is not valid (1 problem): a.xml:1: mistake 1"],
    [2, "the event is not valid (2 problems): a.xml:1: mistake 1; a.xml:2: mistake 2"],
    [
      7,
      "the event is not valid (7 problems): a.xml:1: mistake 1; a.xml:2: mistake 2; a.xml:3: mistake 3; " +
        "a.xml:4: mistake 4; a.xml:5: mistake 5; and 2 more",
    ],
  ])("of %i problems lists the first five and the number", (count, message) => {
    const problems = Array.from({ length: count }, (_, i) => problem(i + 1));
    const error = new InvalidEventError(problems, "a.xml");
    expect(error).toMatchObject({ name: "InvalidEventError", code: "xqbus:invalid-event", message, problems });
  });
});
