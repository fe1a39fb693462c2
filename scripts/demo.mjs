// npm run demo: install and build what is missing, then `xqbus demo` with the arguments given.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, root } from "./checkout.mjs";

ensureInstalled();
ensureBuilt();
const { status } = spawnSync(
  process.execPath,
  [join(root, "dist", "cli", "main.js"), "demo", ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
