// npm test: everything that must hold, in one run, from a fresh clone.
//   node scripts/test.mjs                    types, lint, format, build, all test projects
//   node scripts/test.mjs unit e2e           only these test projects (still builds), no static checks
//   node scripts/test.mjs --full             with the long versions of fault, fuzz and soak tests (XQBUS_FULL=1)
// Ends with the line "N passed, N failed, N skipped".
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { bin, ensureBuilt, ensureInstalled, run } from "./checkout.mjs";

const projects = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const full = process.argv.includes("--full");
const total = { passed: 0, failed: 0, skipped: 0 };
/** Lines of an error message that are said again. */
const FAILURE_LINES = 12;
/** What failed, said again at the end: the last lines are what a reader of a long log sees. */
const failures = [];

ensureInstalled();
if (projects.length === 0) {
  check("types", "typescript", "tsc", ["--noEmit", "-p", "."]);
  check("lint", "eslint", "eslint", ["."]);
  check("format", "prettier", "prettier", ["--check", "--log-level", "warn", "."]);
}
ensureBuilt();
runTests();
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

function check(title, packageName, command, args) {
  const passed = run(process.execPath, [bin(packageName, command), ...args]);
  total[passed ? "passed" : "failed"]++;
  console.error(`${passed ? "ok" : "FAILED"}: ${title}`);
  if (!passed) failures.push(title);
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-test-"));
  const report = join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  for (const project of projects) args.push("--project", project);
  const env = full ? { ...process.env, XQBUS_FULL: "1" } : process.env;
  const passed = run(process.execPath, [bin("vitest", "vitest"), ...args], { env });
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    total.passed += numPassedTests;
    total.failed += numFailedTests;
    total.skipped += numPendingTests;
    // A file that cannot be loaded has no tests of its own to fail.
    for (const { name, status, message, assertionResults } of testResults) {
      const failed = assertionResults.filter((test) => test.status === "failed");
      for (const { fullName, failureMessages } of failed) noteFailure(name, fullName, failureMessages[0]);
      if (status !== "failed" || failed.length > 0) continue;
      total.failed++;
      noteFailure(name, "cannot be loaded", message);
    }
  } catch (error) {
    failures.push(`The test runner left no report: ${error.message}`);
    total.failed++;
  }
  if (!passed && total.failed === 0) {
    failures.push("the test runner ended with an error outside of the tests; see above");
    total.failed++;
  }
  rmSync(folder, { recursive: true, force: true });
}

function noteFailure(file, title, message = "") {
  const lines = message.split("\n").slice(0, FAILURE_LINES);
  failures.push([`${relative(process.cwd(), file)}: ${title}`, ...lines].join("\n    "));
}
