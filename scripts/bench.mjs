// npm run bench -- NAME [--json]: install and build what is missing, then run the benchmark on the compiled package.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bin, ensureBuilt, ensureInstalled, root } from "./checkout.mjs";

ensureInstalled();
ensureBuilt();
const { status } = spawnSync(
  process.execPath,
  [bin("tsx", "tsx"), join(root, "bench", "main.ts"), ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;
