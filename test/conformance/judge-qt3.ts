import type { Qt3Case, Qt3Runner } from "./qt3.ts";
import type { QueryResult } from "./verdict.ts";

/** Runs one query, whatever it is. */
export function judgeQuery(runner: Qt3Runner, test: Qt3Case): QueryResult {
  const { verdict, phase, items, code, detail } = runner.run(test);
  const isMessage = items === undefined || verdict !== "pass";
  return {
    name: queryName(test),
    kind: "query",
    verdict,
    phase,
    code,
    result: items,
    message: isMessage ? detail : undefined,
  };
}

/** The name of a case that is unique in the suite. */
export function queryName({ set, name }: Qt3Case): string {
  return `${set}/${name}`;
}
