import { expect, it } from "vitest";
import { problemLevel } from "../../../src/server/daemon/problem-level.ts";

it("warns of what is put right without anybody, and no error of the catalog is taken for that", () => {
  expect(problemLevel("xqbus:leftover-events")).toBe("warn");
  expect(problemLevel("xqbus:unknown-name")).toBe("error");
});
