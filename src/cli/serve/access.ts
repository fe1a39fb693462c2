import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import type { AccessOptions, Broker } from "../../broker/index.ts";
import { XqbusError } from "../../errors.ts";
import { exists, putUser, readRulesFile, readUsersFile, watchFiles } from "../../daemon/index.ts";
import { rulesFileOf, usersFileOf } from "../access-files.ts";
import type { AccessFileOptions } from "../access-files.ts";
import type { Output } from "../io.ts";
import { errorToJson } from "../report-error.ts";
import { visibleText } from "../visible-text.ts";

/** Who may use the broker of `serve`. */
export interface ServeAccessOptions extends AccessFileOptions {
  /** NAME:PASSWORD each. */
  readonly user?: readonly string[];
}

/** What `serve` has found out about its users. */
export interface ServedAccess {
  readonly options: Pick<AccessOptions, "users" | "rules">;
  /** Whether the URL may show the password of its user. */
  readonly showsPassword: boolean;
  /** What a person should know about it; undefined when the URL says it all. */
  readonly hint: string | undefined;
  /** Follows the files as they change, until the signal. */
  follow(broker: Broker, output: Output, signal: AbortSignal): Promise<void>;
}

const PASSWORD_BYTES = 18;

/** @throws XqbusError `xqbus:unreadable` for files that cannot be used */
export async function openAccess(options: ServeAccessOptions, command: Command): Promise<ServedAccess> {
  const { user } = options;
  const file = user === undefined ? usersFileOf(options) : undefined;
  const rulesFile = rulesFileOf(options);
  const hasRules = rulesFile !== undefined && (options.acl !== undefined || (await exists(rulesFile)));
  const rules = hasRules ? { rules: await readRulesFile(rulesFile) } : {};
  const follow: ServedAccess["follow"] = async (broker, output, signal) => {
    const following = { output, signal };
    await followFile(file, "users", following, async (path) => {
      const users = await readUsersFile(path);
      broker.reloadUsers(users);
      return Object.keys(users).length;
    });
    await followFile(rulesFile, "access rules", following, async (path) => {
      const changed = await readRulesFile(path);
      broker.reloadRules(changed);
      return changed.length;
    });
  };
  if (user !== undefined) {
    const hint = "the password is the one you gave";
    return { options: { users: parseUsers(user, command), ...rules }, showsPassword: false, hint, follow };
  }
  if (file === undefined) return { options: rules, showsPassword: true, hint: undefined, follow };
  if (options.users === undefined && !(await exists(file))) {
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    await putUser(file, "admin", password);
    const hint = `the password is shown this once: only its hash is kept, in ${file}`;
    return { options: { users: { admin: password }, ...rules }, showsPassword: true, hint, follow };
  }
  const users = await readUsersFile(file);
  if (Object.keys(users).length === 0) {
    throw new XqbusError("xqbus:unreadable", `${file} has no users; add one with xqbus user add`);
  }
  const hint = `put in the password of a user of ${file}; xqbus user add gives one another password`;
  return { options: { users, ...rules }, showsPassword: false, hint, follow };
}

/** @param reload gives how many there are now */
async function followFile(
  file: string | undefined,
  what: string,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
  reload: (file: string) => Promise<number>,
): Promise<void> {
  if (file === undefined) return;
  const onChange = async (): Promise<void> => {
    try {
      output.note(`${what} changed: ${await reload(file)} now`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      output.warning(visibleText(`${what} stay as they were: ${reason}`), errorToJson(error));
    }
  };
  await watchFiles([file], onChange, { signal });
}

/** Not the option's own parser, because commander repeats what that one refuses: here it may be a password. */
function parseUsers(users: readonly string[], command: Command): Readonly<Record<string, string>> {
  const passwords = new Map<string, string>();
  for (const user of users) {
    const colon = user.indexOf(":");
    if (colon <= 0 || colon === user.length - 1) command.error("error: --user must be NAME:PASSWORD");
    const name = user.slice(0, colon);
    if (passwords.has(name)) command.error(`error: --user names "${name}" twice; a user has one password`);
    passwords.set(name, user.slice(colon + 1));
  }
  return Object.fromEntries(passwords);
}
