// npm run conformance -- xsd|xml|qt3 DIR [--json]: install what is missing, then run a folder of test cases through the sources.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bin, ensureInstalled, root } from "./checkout.mjs";

ensureInstalled();
const { status } = spawnSync(
  process.execPath,
  [bin("tsx", "tsx"), join(root, "test", "conformance", "main.ts"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
