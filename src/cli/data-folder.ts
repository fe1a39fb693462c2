import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { XqbusError } from "../errors.ts";
import { unreadableReason } from "./read-input.ts";

/** The folder that `serve --data` names: held by one process at a time. */
export interface DataFolder extends AsyncDisposable {
  /** The users of this broker: made with a random password the first time, the same ones afterwards. */
  users(): Promise<Readonly<Record<string, string>>>;
}

const LOCK = "serve.pid";
const USERS = "users.json";

/**
 * Creates the folder where it is missing and takes it for this process.
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
    users: () => readOrCreateUsers(join(path, USERS)),
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

async function readOrCreateUsers(file: string): Promise<Readonly<Record<string, string>>> {
  const users = { admin: randomBytes(18).toString("base64url") };
  try {
    await writeFile(file, `${JSON.stringify(users)}\n`, { flag: "wx", mode: 0o600 });
    return users;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return parseUsers(await readFile(file, "utf8"), file);
}

function parseUsers(text: string, file: string): Readonly<Record<string, string>> {
  try {
    const users: unknown = JSON.parse(text);
    if (
      typeof users === "object" &&
      users !== null &&
      Object.keys(users).length > 0 &&
      Object.values(users).every((value) => typeof value === "string")
    ) {
      return users as Record<string, string>;
    }
  } catch {
    // Said below: whatever is in the file, it is not what was written there.
  }
  throw new XqbusError("xqbus:unreadable", `${file} is damaged; remove it to get a new password`);
}
