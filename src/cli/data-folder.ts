import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { XqbusError } from "../errors.ts";
import { unreadableReason } from "./read-input.ts";

/** The folder that `serve --data` names: held by one process at a time. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string;
}

const LOCK = "serve.pid";

/**
 * Creates the folder where it is missing, and takes it for this process until it is disposed.
 *
 * @throws XqbusError xqbus:unreadable when another running process holds it or it cannot be written
 */
export async function dataFolder(path: string): Promise<DataFolder> {
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
      await handle.writeFile(String(process.pid));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = Number(await readFile(file, "utf8"));
    if (isRunning(pid)) {
      throw new XqbusError(
        "xqbus:unreadable",
        `the folder ${folder} is used by process ${pid}; end it or name another folder (if that is no xqbus, remove ${file})`,
      );
    }
    // Left behind by a process that was killed.
    await rm(file, { force: true });
  }
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
