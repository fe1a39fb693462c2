import { access } from "node:fs/promises";
import { assertUserName, assertPasswordHash, hashPassword } from "../broker/index.ts";
import type { PasswordHash } from "../broker/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import { readJsonFile, replaceJsonFile } from "./json-file.ts";

/** The users of a file by their names, each with the salted hash of the password. */
export type FileUsers = Readonly<Record<string, PasswordHash>>;

/**
 * The users of a file `{ "users": { "ada": { "salt": …, "iterations": …, "storedKey": …, "serverKey": … } } }`.
 *
 * @throws XqbusError `xqbus:unreadable`
 */
export async function readUsersFile(file: string): Promise<FileUsers> {
  const content = await readJsonFile(file);
  const users = isObject(content) ? content["users"] : undefined;
  if (!isObject(users)) throw damaged(file, 'expected an object with "users"');
  for (const [name, hash] of Object.entries(users)) {
    try {
      assertUserName(name);
      assertPasswordHash(hash);
    } catch (error) {
      throw damaged(file, `user ${JSON.stringify(name)}: ${messageOf(error)}`, error);
    }
  }
  return users as FileUsers;
}

/**
 * Adds a user, or gives a user another password. Makes the file where it is missing.
 *
 * @returns whether the user is new
 * @throws XqbusError `xqbus:unreadable`, `xqbus:illegal-argument` for a name or password that cannot be used
 */
export async function putUser(file: string, name: string, password: string): Promise<boolean> {
  assertUserName(name);
  if (password === "" || /[\0\r\n]/.test(password)) {
    throw new XqbusError("xqbus:illegal-argument", "the password is empty or has a line end or NUL; expected one line");
  }
  const hash = await hashPassword(password);
  let isNew = true;
  await replaceJsonFile(file, async () => {
    const users = new Map(Object.entries((await exists(file)) ? await readUsersFile(file) : {}));
    isNew = !users.has(name);
    return { users: Object.fromEntries(users.set(name, hash)) };
  });
  return isNew;
}

/**
 * Deletes a user.
 *
 * @throws XqbusError `xqbus:unreadable`, `xqbus:unknown-name` when there is no such user
 */
export async function deleteUser(file: string, name: string): Promise<void> {
  await replaceJsonFile(file, async () => {
    const users = new Map(Object.entries(await readUsersFile(file)));
    if (!users.delete(name)) throw unknownUser(file, name);
    return { users: Object.fromEntries(users) };
  });
}

/** There is no user of that name. */
export function unknownUser(file: string, name: string): XqbusError {
  return new XqbusError("xqbus:unknown-name", `there is no user ${JSON.stringify(name)} in ${file}`);
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    // One that cannot be looked at is there.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(file: string, reason: string, cause?: unknown): XqbusError {
  return new XqbusError("xqbus:unreadable", `${file} has no users that can be used: ${reason}`, { cause });
}
