import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { XqbusError } from "../errors.ts";
import { unreadableReason } from "./read-text-file.ts";

/** A folder that this process holds: one at a time. */
export interface HeldFolder extends AsyncDisposable {
  readonly path: string;
}

const LOCK = "serve.pid";

/**
 * Creates the folder where it is missing, and takes it for this process until it is disposed.
 *
 * @throws XqbusError xqbus:unreadable when another running process holds it or it cannot be written
 */
export async function holdFolder(path: string): Promise<HeldFolder> {
  try {
    await createFolder(path);
    await takeLock(join(path, LOCK), path);
  } catch (error) {
    if (error instanceof XqbusError) throw error;
    throw new XqbusError("xqbus:unreadable", `cannot use the folder ${path}: ${unreadableReason(error)}`, {
      cause: error,
    });
  }
  return {
    path,
    [Symbol.asyncDispose]: () => rm(join(path, LOCK), { force: true }),
  };
}

/** Only the last folder of the path: creating the ones above it would hide a misspelt path. */
async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function takeLock(file: string, folder: string): Promise<void> {
  for (;;) {
    try {
      await using handle = await open(file, "wx", 0o600);
      await handle.writeFile(await nameOf(process.pid));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = await runningHolder(file);
    if (pid !== undefined) {
      throw new XqbusError(
        "xqbus:unreadable",
        `the folder ${folder} is used by process ${pid}; end it or name another folder (if that is no xqbus, remove ${file})`,
      );
    }
    // Left behind by a process that was killed.
    await rm(file, { force: true });
  }
}

/** Number of the process that holds a folder; undefined: none does. */
export async function folderHolder(path: string): Promise<number | undefined> {
  return runningHolder(join(path, LOCK)).catch(() => undefined);
}

async function runningHolder(file: string): Promise<number | undefined> {
  const name = await readFile(file, "utf8");
  const pid = Number(name.split(" ")[0]);
  // Another process may have got the number since: in a container the same one at each start.
  return isRunning(pid) && (!name.includes(" ") || name === (await nameOf(pid))) ? pid : undefined;
}

/** A process as no other one is called: number and, where the system tells it, start (proc(5), `/proc/PID/stat`, field 22). */
async function nameOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  // The second field, a program's name in parentheses, may have anything in it.
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return start === "" ? String(pid) : `${pid} ${start}`;
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
