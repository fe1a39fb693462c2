import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { AccessOptions, Broker } from "../broker/index.ts";
import { XqbusError } from "../errors.ts";
import { reportChange } from "./change-report.ts";
import type { ChangeReport } from "./change-report.ts";
import { readRulesFile } from "./rules-file.ts";
import { exists, putUser, readUsersFile } from "./users-file.ts";
import { watchFiles } from "./watch-files.ts";

/** Which files say who may do what. */
export interface AccessFiles {
  /** Folder of the broker, for those that are not named. */
  readonly data?: string | undefined;
  readonly users?: string | undefined;
  readonly acl?: string | undefined;
}

/** Who may use a broker whose users and rules are in files. */
export interface OpenAccess {
  readonly options: Pick<AccessOptions, "users" | "rules">;
  /** The file of users; undefined when they are not in a file. */
  readonly file: string | undefined;
  /** The user that was made because there was none yet: the only time that the password is known. */
  readonly firstUser: { readonly name: string; readonly password: string } | undefined;
  /** Follows the files as they change, until the signal. */
  follow(broker: Broker, report: ChangeReport, signal: AbortSignal): Promise<void>;
}

const USERS = "users.json";
const RULES = "acl.json";
const FIRST_USER = "admin";
const PASSWORD_BYTES = 18;

/** The file of users; undefined when neither it nor a folder is named. */
export function usersFileOf({ users, data }: AccessFiles): string | undefined {
  return users ?? (data === undefined ? undefined : join(data, USERS));
}

/** The file of rules, likewise. */
export function rulesFileOf({ acl, data }: AccessFiles): string | undefined {
  return acl ?? (data === undefined ? undefined : join(data, RULES));
}

/**
 * Reads users and rules; a folder without a file of users gets one with a user and a random password.
 *
 * @param users passwords by name, instead of a file of users
 * @throws XqbusError `xqbus:unreadable` for files that cannot be used
 */
export async function openAccessFiles(
  files: AccessFiles,
  users?: Readonly<Record<string, string>>,
): Promise<OpenAccess> {
  const file = users === undefined ? usersFileOf(files) : undefined;
  const rulesFile = rulesFileOf(files);
  const hasRules = rulesFile !== undefined && (files.acl !== undefined || (await exists(rulesFile)));
  const rules = hasRules ? { rules: await readRulesFile(rulesFile) } : {};
  const follow: OpenAccess["follow"] = async (broker, report, signal) => {
    await followFile(file, "users", report, signal, async (path) => {
      const changed = await readUsersFile(path);
      broker.reloadUsers(changed);
      return Object.keys(changed).length;
    });
    await followFile(rulesFile, "access rules", report, signal, async (path) => {
      const changed = await readRulesFile(path);
      broker.reloadRules(changed);
      return changed.length;
    });
  };
  if (users !== undefined) return { options: { users, ...rules }, file, firstUser: undefined, follow };
  if (file === undefined) return { options: rules, file, firstUser: undefined, follow };
  if (files.users === undefined && !(await exists(file))) {
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    await putUser(file, FIRST_USER, password);
    const firstUser = { name: FIRST_USER, password };
    return { options: { users: { [FIRST_USER]: password }, ...rules }, file, firstUser, follow };
  }
  const read = await readUsersFile(file);
  if (Object.keys(read).length === 0) {
    throw new XqbusError("xqbus:unreadable", `${file} has no users; add one with xqbus user add`);
  }
  return { options: { users: read, ...rules }, file, firstUser: undefined, follow };
}

/** @param reload gives how many there are now */
async function followFile(
  file: string | undefined,
  what: string,
  report: ChangeReport,
  signal: AbortSignal,
  reload: (file: string) => Promise<number>,
): Promise<void> {
  if (file === undefined) return;
  const reread = async (): Promise<string> => `${what} changed: ${await reload(file)} now`;
  await watchFiles([file], () => reportChange(report, `${what} stay as they were`, reread), { signal });
}
