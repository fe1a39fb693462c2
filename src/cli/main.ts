#!/usr/bin/env node
import { runCli } from "./run-cli.ts";

const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The second time the person means it: the default action ends the process.
  process.once(signal, () => controller.abort());
}
// A reader that went away (`xqbus listen | head -1`) is a reason to end, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: controller.signal,
});
