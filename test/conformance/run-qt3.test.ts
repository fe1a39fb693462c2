import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { QueryResult } from "./verdict.ts";

const SCRIPT = join(import.meta.dirname, "../../scripts/conformance.mjs");
const COMMON = { set: "own", group: "fn", language: "XQuery", context: null };
const ONE = { type: "assert-eq", value: "1" };

const CASES = [
  { ...COMMON, name: "pass", query: "1", assertion: ONE },
  { ...COMMON, name: "refused", query: "fn:doc('a.xml')", assertion: ONE },
  { ...COMMON, name: "wrong", query: "2", assertion: ONE },
  { ...COMMON, name: "an error where a value is wanted", query: "1 div 0", assertion: ONE },
  { ...COMMON, name: "wrong code", query: "1 div 0", assertion: { type: "error", codes: ["XPST0003"] } },
  { ...COMMON, name: "right code", query: "1 div 0", assertion: { type: "error", codes: ["FOAR0001"] } },
  { ...COMMON, name: "unknown assertion", query: "1", assertion: { type: "assert-sorted" } },
  { ...COMMON, name: "assertion without parts", query: "1", assertion: { type: "all-of" } },
  { ...COMMON, name: "unknown context", query: ".", context: "nowhere", assertion: ONE },
  { ...COMMON, name: "query is no text", query: 5, assertion: ONE },
  { ...COMMON, name: "endless", query: "declare function local:f($n) { local:f($n + 1) }; local:f(1)", assertion: ONE },
  { ...COMMON, name: "last", query: "(1, <a/>, 2.50)", assertion: { type: "assert-count", value: "3" } },
];

describe("npm run conformance -- qt3", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-qt3-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(...options: readonly string[]): {
    readonly stdout: string;
    readonly stderr: string;
    readonly status: number | null;
  } {
    const { stdout, stderr, status } = spawnSync(process.execPath, [SCRIPT, "qt3", folder, ...options], {
      encoding: "utf8",
    });
    return { stdout, stderr, status };
  }

  it("puts every case into a bucket and ends with the counts", () => {
    writeFileSync(join(folder, "cases.jsonl"), CASES.map((each) => JSON.stringify(each)).join("\n"));
    const { stdout, stderr, status } = run();
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("qt3: 3 pass, 2 refused, 5 wrong, 1 wrong code, 1 not checked");
    expect(stderr).toContain("contexts.jsonl.gz is missing");
    expect(status).toBe(0);
  });

  it("tells the raw result or the error's code, and the phase, of each case", () => {
    const chosen = CASES.filter(({ name }) => ["refused", "right code", "last"].includes(name));
    writeFileSync(join(folder, "cases.jsonl"), chosen.map((each) => JSON.stringify(each)).join("\n"));
    const { stdout, stderr } = run("--json");
    const results = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as QueryResult);
    expect(results.map(({ name, verdict, phase, code, result }) => ({ name, verdict, phase, code, result }))).toEqual([
      { name: "own/refused", verdict: "refused", phase: "static", code: "xqbus:unsupported", result: undefined },
      { name: "own/right code", verdict: "pass", phase: "dynamic", code: "FOAR0001", result: undefined },
      {
        name: "own/last",
        verdict: "pass",
        phase: "dynamic",
        code: undefined,
        result: [
          { type: "xs:integer", value: "1" },
          { type: "node()", value: "<a/>" },
          { type: "xs:decimal", value: "2.5" },
        ],
      },
    ]);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe("qt3: 2 pass, 1 refused, 0 wrong, 0 wrong code, 0 not checked");
  });

  it("reads a file as far as it goes, and says which lines hold no case", () => {
    const lines = ["{", "null", JSON.stringify({ set: "own" }), JSON.stringify(CASES[0]), '{"set":"own","na'];
    const whole = gzipSync(lines.join("\n"));
    writeFileSync(join(folder, "cases.jsonl.gz"), whole.subarray(0, whole.length - 8));
    const { stdout, stderr } = run();
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("qt3: 1 pass, 0 refused, 4 wrong, 0 wrong code, 0 not checked");
    expect(stderr).toContain("line 2 of the cases counts as wrong: it is not a JSON object");
    expect(stderr).toContain('line 3 of the cases counts as wrong: it has no field "name"');
  });

  it("names the file that is missing", () => {
    const { stderr, status } = run();
    expect(stderr).toContain("has neither cases.jsonl.gz nor cases.jsonl");
    expect(status).toBe(2);
  });
});
