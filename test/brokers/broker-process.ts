import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** What an end of this process takes with it. */
const live = new Set<ChildProcess>();
const temporaryFolders = new Set<string>();

process.on("exit", () => {
  for (const child of live) signalGroup(child, "SIGKILL");
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A folder for one broker: the wanted one, or a new one that is removed by {@link discardFolder} or with this process. */
export async function brokerFolder(product: string, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true });
    return resolve(wanted);
  }
  const folder = await mkdtemp(join(tmpdir(), `xqbus-${product}-`));
  temporaryFolders.add(folder);
  return folder;
}

/** Removes a folder that {@link brokerFolder} made; leaves one that the caller wanted. */
export async function discardFolder(folder: string): Promise<void> {
  if (temporaryFolders.delete(folder)) await rm(folder, { recursive: true, force: true });
}

/**
 * Starts a program in a process group of its own, with the folder as current directory and its output appended to the log file.
 *
 * Its standard input is a pipe that ends with this process, however that happens. A program that ends on it (see `Leash.java`) is
 * never left behind; any other is killed at an orderly end of this process.
 *
 * The second result resolves with a message when the program cannot be started at all.
 */
export function startProcess(
  [program, ...args]: CommandLine,
  folder: string,
  logFile: string,
): { readonly child: ChildProcess; readonly failure: Promise<string> } {
  const log = openSync(logFile, "a");
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["pipe", log, log] });
  closeSync(log);
  child.stdin?.on("error", () => {});
  const failure = new Promise<string>((resolve) => child.once("error", ({ message }) => resolve(message)));
  if (!hasEnded(child)) {
    live.add(child);
    child.once("exit", () => live.delete(child));
  }
  return { child, failure };
}

/** Sends the signal, waits for the end, and kills after the time limit. Nothing to do for a process that has ended. */
export async function endProcess(child: ChildProcess, signal: "SIGTERM" | "SIGKILL", timeoutMs: number): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  signalGroup(child, signal);
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), timeoutMs);
  await ended;
  clearTimeout(timer);
}

/** Whether the process is gone or could not be started. */
export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Only ever called for a child that has not been waited for, so that its number cannot belong to somebody else. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
