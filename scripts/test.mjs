// npm test: everything that must hold, in one run, from a fresh clone.
//   node scripts/test.mjs                    types, lint, format, build, all test projects
//   node scripts/test.mjs unit e2e           only these test projects (still builds), no static checks
//   node scripts/test.mjs --full             with the long versions of fault, fuzz and soak tests (XQBUS_FULL=1)
// Ends with the line "N passed, N failed, N skipped".
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bin, ensureBuilt, ensureInstalled, run } from "./checkout.mjs";

const projects = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const full = process.argv.includes("--full");
const total = { passed: 0, failed: 0, skipped: 0 };

ensureInstalled();
if (projects.length === 0) {
  check("types", "typescript", "tsc", ["--noEmit", "-p", "."]);
  check("lint", "eslint", "eslint", ["."]);
  check("format", "prettier", "prettier", ["--check", "--log-level", "warn", "."]);
}
ensureBuilt();
runTests();
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

function check(title, packageName, command, args) {
  const passed = run(process.execPath, [bin(packageName, command), ...args]);
  total[passed ? "passed" : "failed"]++;
  console.error(`${passed ? "ok" : "FAILED"}: ${title}`);
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
    total.failed += testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
    ).length;
  } catch (error) {
    console.error(`The test runner left no report: ${error.message}`);
    total.failed++;
  }
  if (!passed && total.failed === 0) total.failed++;
  rmSync(folder, { recursive: true, force: true });
}
