/**
 * Runs a folder of the format of ../shared/conformance:
 *
 *     npm run conformance -- xsd|xml DIR [--json]
 *
 * Without --json, what is not right is listed; the last line counts. With it, standard output has one JSON object a case and
 * the line goes to standard error.
 */
import { parseArgs } from "node:util";
import { runSuite, summaryOf, type SuiteName } from "./run-suite.ts";

const USAGE = "usage: npm run conformance -- xsd|xml DIR [--json]";

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean", default: false } },
  });
  const [suite, folder] = positionals;
  if ((suite !== "xsd" && suite !== "xml") || folder === undefined || positionals.length > 2) throw new Error(USAGE);
  const results = await runSuite(suite satisfies SuiteName, folder);
  if (values.json) {
    for (const each of results) console.log(JSON.stringify(each));
    console.error(summaryOf(suite, results));
    return 0;
  }
  for (const { verdict, name, expected, got, message } of results) {
    if (verdict !== "right") console.log(`${verdict}: ${name}: expected ${expected}, got ${got} (${message ?? ""})`);
  }
  console.log(summaryOf(suite, results));
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
