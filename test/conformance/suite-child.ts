/** Runs the cases of one suite in a process of its own, from a given case on, so that its parent can stop it. */
import { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { judgeGroup } from "./judge-xsd.ts";
import { judgeQuery } from "./judge-qt3.ts";
import { judgeXml } from "./judge-xml.ts";
import { Qt3Runner } from "./qt3.ts";
import { CASE_CPU_LIMIT, unreadable, type SuiteResult } from "./run-suite.ts";
import {
  isBroken,
  readQt3Cases,
  readQt3Contexts,
  readXmlCases,
  readXsdGroups,
  type BrokenLine,
  type XmlCase,
} from "./suite-cases.ts";

/** What the child tells: that it begins, the results of one case after the other, and that it has done all. */
export type ChildMessage = "ready" | "done" | { readonly index: number; readonly results: readonly SuiteResult[] };

const MAX_ERRORS = 20;
const [suite, folder = "", first] = process.argv.slice(2);
const from = Number(first);

/** Waits until the message is written: what comes next may block for ever. */
function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

/** The results, or that they took too long: on a busy machine only the work counts. */
function inTime(judge: () => readonly SuiteResult[]): readonly SuiteResult[] {
  const before = process.cpuUsage();
  const results = judge();
  const micros = process.cpuUsage(before).user;
  if (micros <= CASE_CPU_LIMIT * 1000) return results;
  return results.map((each) => ({ ...each, verdict: "wrong", message: `it took ${Math.round(micros / 1000)} ms` }));
}

async function runAll<T extends object>(
  cases: readonly (T | BrokenLine)[],
  judge: (each: T) => readonly SuiteResult[],
  unread: (line: BrokenLine) => SuiteResult,
): Promise<void> {
  await tell("ready");
  for (const [index, each] of cases.entries()) {
    if (index >= from) await tell({ index, results: isBroken(each) ? [unread(each)] : inTime(() => judge(each)) });
  }
}

if (suite === "xml") {
  const judge = (each: XmlCase): readonly SuiteResult[] => [judgeXml(each)].filter((result) => result !== undefined);
  await runAll(readXmlCases(folder), judge, (line) => ({ ...unreadable(line), kind: "document" }));
} else if (suite === "qt3") {
  const runner = new Qt3Runner(readQt3Contexts(folder));
  await runAll(
    readQt3Cases(folder),
    (each) => [judgeQuery(runner, each)],
    ({ broken, reason }) => ({ name: broken, kind: "query", verdict: "wrong", phase: "static", message: reason }),
  );
} else {
  let engine = await Libxml2.load({ maxErrors: MAX_ERRORS });
  const groups = readXsdGroups(folder);
  await tell("ready");
  for (const [index, group] of groups.entries()) {
    if (index < from) continue;
    await tell({ index, results: isBroken(group) ? [unreadable(group)] : inTime(() => judgeGroup(engine, group)) });
    if (engine.crashed) engine = await Libxml2.load({ maxErrors: MAX_ERRORS });
  }
  engine.close();
}
await tell("done");
process.disconnect();
