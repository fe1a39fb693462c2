/** Runs the cases of one suite in a process of its own, from a given case on, so that its parent can stop it. */
import { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { judgeGroup } from "./judge-xsd.ts";
import { judgeXml } from "./judge-xml.ts";
import { readXmlCases, readXsdGroups } from "./suite-cases.ts";
import type { CaseResult } from "./verdict.ts";

/** What the child tells: that it begins, the results of one case after the other, and that it has done all. */
export type ChildMessage = "ready" | "done" | { readonly index: number; readonly results: readonly CaseResult[] };

const MAX_ERRORS = 20;
const [suite, folder = "", first] = process.argv.slice(2);
const from = Number(first);

/** Waits until the message is written: what comes next may block for ever. */
function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

if (suite === "xml") {
  const cases = readXmlCases(folder);
  await tell("ready");
  for (const [index, each] of cases.entries()) {
    if (index < from) continue;
    await tell({ index, results: [judgeXml(each)].filter((result) => result !== undefined) });
  }
} else {
  const groups = readXsdGroups(folder);
  let engine = await Libxml2.load({ maxErrors: MAX_ERRORS });
  await tell("ready");
  for (const [index, group] of groups.entries()) {
    if (index < from) continue;
    await tell({ index, results: judgeGroup(engine, group) });
    if (engine.crashed) engine = await Libxml2.load({ maxErrors: MAX_ERRORS });
  }
  engine.close();
}
await tell("done");
process.disconnect();
