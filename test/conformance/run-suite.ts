import { fork } from "node:child_process";
import { join } from "node:path";
import { queryName } from "./judge-qt3.ts";
import { groupName } from "./judge-xsd.ts";
import { isBroken, readQt3Cases, readXmlCases, readXsdGroups, type BrokenLine, type XsdGroup } from "./suite-cases.ts";
import type { ChildMessage } from "./suite-child.ts";
import { formatCounts, formatQueryCounts, type CaseResult, type QueryResult } from "./verdict.ts";

/** The suites that can be run. */
export type SuiteName = "xsd" | "xml" | "qt3";

/** The outcome of one case of any suite. */
export type SuiteResult = CaseResult | QueryResult;

/** An answer that takes longer is wrong, in ms: of the processor, which the child itself asks for, and on the clock. */
export const CASE_CPU_LIMIT = 5000;
const CASE_LIMIT = 20_000;
/** Reading the cases and starting the engine, in ms. */
const START_LIMIT = 60_000;

/**
 * Runs all cases of a folder. A case without an answer after 5 seconds of work, or that ends the process, is wrong, with all its
 * instances; the run goes on behind it.
 *
 * @throws Error when the folder does not hold the suite
 */
export async function runSuite(suite: SuiteName, folder: string): Promise<readonly SuiteResult[]> {
  const lost = LOST_CASES[suite](folder);
  const results: SuiteResult[] = [];
  for (let from = 0; from < lost.length;) {
    const done = await runFrom(suite, folder, from, results);
    from = done.next;
    if (done.failure !== undefined && from < lost.length) {
      results.push(...lost[from]!.map((each) => ({ ...each, message: done.failure })));
      from++;
    }
  }
  return results;
}

/** The line that ends a run. */
export function summaryOf(suite: SuiteName, results: readonly SuiteResult[]): string {
  if (suite === "qt3") return `qt3: ${formatQueryCounts(results.filter((each) => each.kind === "query"))}`;
  const judged = results.filter((each) => each.kind !== "query");
  if (suite === "xml") return `xml: ${formatCounts(judged)}`;
  const of = (kind: CaseResult["kind"]): string => formatCounts(judged.filter((each) => each.kind === kind));
  return `xsd: schemas ${of("schema")}; instances ${of("instance")}`;
}

interface Progress {
  /** The first case that has no result. */
  readonly next: number;
  /** Why the child ended before the last case. */
  readonly failure?: string;
}

function runFrom(suite: SuiteName, folder: string, from: number, results: SuiteResult[]): Promise<Progress> {
  const child = fork(join(import.meta.dirname, "suite-child.ts"), [suite, folder, String(from)]);
  let next = from;
  return new Promise((resolve, reject) => {
    let isReady = false;
    let timer = setTimeout(() => end("it did not start"), START_LIMIT);
    const end = (failure?: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      if (!isReady) reject(new Error(`the process that runs the cases failed: ${failure ?? ""}`));
      else resolve(failure === undefined ? { next: Infinity } : { next, failure });
    };
    child.on("message", (message: ChildMessage) => {
      clearTimeout(timer);
      isReady = true;
      if (message === "done") return end();
      if (message !== "ready") {
        results.push(...message.results);
        next = message.index + 1;
      }
      timer = setTimeout(() => end(`no answer within ${CASE_LIMIT / 1000} s`), CASE_LIMIT);
    });
    child.on("error", (error) => end(String(error)));
    child.on("exit", (code, signal) => end(`the process ended with ${signal ?? `exit code ${code}`}`));
  });
}

/** The results of each case, or group of cases, should it be lost. */
const LOST_CASES: Readonly<Record<SuiteName, (folder: string) => readonly (readonly SuiteResult[])[]>> = {
  xsd: (folder) => readXsdGroups(folder).map((group) => (isBroken(group) ? [unreadable(group)] : lostGroup(group))),
  xml: (folder) =>
    readXmlCases(folder).map((each): readonly CaseResult[] =>
      isBroken(each)
        ? [{ ...unreadable(each), kind: "document" }]
        : [{ name: `${each.set}/${each.id}`, kind: "document", expected: each.type, ...LOST }],
    ),
  qt3: (folder) =>
    readQt3Cases(folder).map((each): readonly QueryResult[] => [
      { name: isBroken(each) ? each.broken : queryName(each), kind: "query", verdict: "wrong", phase: "dynamic" },
    ]),
};

function lostGroup(group: XsdGroup): readonly CaseResult[] {
  return [
    { name: groupName(group), kind: "schema", expected: group.expectedSchema, ...LOST },
    ...group.instances.map(({ name, expected }): CaseResult => {
      return { name: `${groupName(group)}/${name}`, kind: "instance", expected, ...LOST };
    }),
  ];
}

/** What a line counts as that holds no case. */
export function unreadable({ broken, reason }: BrokenLine): CaseResult {
  return { name: broken, kind: "schema", expected: "a case", got: "none", verdict: "wrong", message: reason };
}

const LOST = { got: "crashed", verdict: "wrong" } as const;
