/**
 * Runs a folder of the format of ../shared/conformance:
 *
 *     npm run conformance -- xsd|xml|qt3 DIR [--json]
 *
 * Without --json, what is not right is listed; the last line counts. With it, standard output has one JSON object a case and
 * the line goes to standard error.
 */
import { parseArgs } from "node:util";
import { runSuite, summaryOf, type SuiteName, type SuiteResult } from "./run-suite.ts";
import { remarksOn } from "./suite-cases.ts";

const USAGE = "usage: npm run conformance -- xsd|xml|qt3 DIR [--json]";

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean", default: false } },
  });
  const [suite, folder] = positionals;
  if ((suite !== "xsd" && suite !== "xml" && suite !== "qt3") || folder === undefined || positionals.length > 2)
    throw new Error(USAGE);
  for (const remark of remarksOn(suite, folder)) console.error(remark);
  const results = await runSuite(suite satisfies SuiteName, folder);
  if (values.json) {
    for (const each of results) console.log(JSON.stringify(each));
    console.error(summaryOf(suite, results));
    return 0;
  }
  for (const each of results) {
    const line = lineOf(each);
    if (line !== undefined) console.log(line);
  }
  console.log(summaryOf(suite, results));
  return 0;
}

/** What is to be said of a case; nothing where it is as it should be. */
function lineOf(result: SuiteResult): string | undefined {
  const { verdict, name, message = "" } = result;
  if (verdict === "right" || verdict === "pass") return undefined;
  if (result.kind !== "query")
    return `${verdict}: ${name}: expected ${result.expected}, got ${result.got} (${message})`;
  return `${verdict}: ${name}: ${message.split("\n", 1)[0]!} (${result.phase})`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
