import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { SHARED_FOLDER, describeWith, sharedFolder } from "../helpers/requirements.ts";
import exceptions from "./qt3-exceptions.json" with { type: "json" };
import { Qt3Runner, type Qt3Case, type Qt3Context, type Qt3Result } from "./qt3.ts";

/** At most so much of all cases may end without an answer that can be checked, or with another error than the standard names. */
const MAX_NOT_CHECKED = 0.015;
const MAX_WRONG_CODE = 0.01;
/** At least so much must be right: of everything, and of what filters use. */
const MIN_PASS = 0.88;
const MIN_CORE_PASS = 0.985;

interface Judged {
  readonly test: Qt3Case;
  readonly result: Qt3Result;
}

function linesOf<T>(folder: string, file: string): readonly T[] {
  const text = gunzipSync(readFileSync(join(folder, file))).toString("utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

function share(judged: readonly Judged[], verdict: Qt3Result["verdict"]): number {
  return judged.filter(({ result }) => result.verdict === verdict).length / judged.length;
}

describeWith([SHARED_FOLDER], "the filter engine on the QT3 suite (XPath and XQuery 3.1)", () => {
  let judged: readonly Judged[] = [];
  let core: ReadonlySet<string> = new Set();

  beforeAll(() => {
    const folder = join(sharedFolder()!, "conformance", "qt3");
    const runner = new Qt3Runner(linesOf<Qt3Context>(folder, "contexts.jsonl.gz"));
    judged = linesOf<Qt3Case>(folder, "cases.jsonl.gz").map((test) => ({ test, result: runner.run(test) }));
    core = new Set(readFileSync(join(folder, "filter-core.txt"), "utf8").split(/\s+/));
  });

  it("is never wrong but where the list of exceptions says why", () => {
    const wrong = judged
      .filter(({ result }) => result.verdict === "wrong")
      .map(({ test }) => `${test.set}/${test.name}`)
      .sort();
    expect(wrong).toEqual(Object.keys(exceptions.wrong).sort());
  });

  it("passes most of it, and nearly all of what filters use; the rest is refused when it is compiled", () => {
    const inCore = judged.filter(({ test }) => core.has(test.set));
    expect(inCore.length).toBeGreaterThan(1000);
    expect(share(judged, "pass")).toBeGreaterThanOrEqual(MIN_PASS);
    expect(share(inCore, "pass")).toBeGreaterThanOrEqual(MIN_CORE_PASS);
    expect(share(judged, "wrong code")).toBeLessThanOrEqual(MAX_WRONG_CODE);
    expect(share(judged, "not checked")).toBeLessThanOrEqual(MAX_NOT_CHECKED);
    expect(judged.filter(({ result }) => result.verdict === "refused" && result.phase !== "static")).toEqual([]);
  });
});
