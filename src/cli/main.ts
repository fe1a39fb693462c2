#!/usr/bin/env node
import { XqbusError } from "../errors.ts";
import { EXIT } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report-error.ts";
import { runCli } from "./run-cli.ts";

/** Time for ending in order after Ctrl-C or SIGTERM; then the signal does what it does by default. */
const GRACE_MS = 5_000;
let graceMs = GRACE_MS;

const interruption = new AbortController();
const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The second time the person means it: the default action ends the process.
  process.once(signal, () => {
    interruption.abort();
    end.abort();
    // Not process.exit, which waits for a file system call that does not come back, such as opening a named pipe.
    setTimeout(() => process.kill(process.pid, signal), graceMs).unref();
  });
}

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interruption.signal,
  end: end.signal,
  endsWithin: (ms) => (graceMs = Math.max(ms, GRACE_MS)),
  onHangup: (listener) => process.on("SIGHUP", listener),
};

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that went away is a reason to end, not an error. What the command did decides the exit code.
  if (error.code === "EPIPE") {
    end.abort();
    return;
  }
  reportWriteError(error);
  process.exit(EXIT.failure);
});

// Nobody can be told that nobody listens; the exit code still says what the command did.
process.stderr.on("error", () => undefined);

process.exitCode = await runCli(process.argv.slice(2), io);

function reportWriteError({ code, message }: NodeJS.ErrnoException): void {
  reportError(new XqbusError(code ?? "xqbus:internal", `cannot write the output: ${message}`), io, false);
}
