import type { Command } from "commander";
import { openAccessFiles } from "../../daemon/index.ts";
import type { OpenAccess } from "../../daemon/index.ts";
import type { AccessFileOptions } from "../access-files.ts";

/** Who may use the broker of `serve`. */
export interface ServeAccessOptions extends AccessFileOptions {
  /** NAME:PASSWORD each. */
  readonly user?: readonly string[];
}

/** What `serve` has found out about its users. */
export interface ServedAccess extends OpenAccess {
  /** Whether the URL may show the password of its user. */
  readonly showsPassword: boolean;
  /** What a person should know about it; undefined when the URL says it all. */
  readonly hint: string | undefined;
}

/** @throws XqbusError `xqbus:unreadable` for files that cannot be used */
export async function openAccess(options: ServeAccessOptions, command: Command): Promise<ServedAccess> {
  const { user } = options;
  const access = await openAccessFiles(options, user === undefined ? undefined : parseUsers(user, command));
  return { ...access, ...whatToSay(access, user !== undefined) };
}

function whatToSay({ file, firstUser }: OpenAccess, areGiven: boolean): Pick<ServedAccess, "showsPassword" | "hint"> {
  if (areGiven) return { showsPassword: false, hint: "the password is the one you gave" };
  if (file === undefined) return { showsPassword: true, hint: undefined };
  if (firstUser !== undefined) {
    return { showsPassword: true, hint: `the password is shown this once: only its hash is kept, in ${file}` };
  }
  const hint = `put in the password of a user of ${file}; xqbus user add gives one another password`;
  return { showsPassword: false, hint };
}

/** Not the option's own parser, because commander repeats what that one refuses: here it may be a password. */
export function parseUsers(users: readonly string[], command: Command): Readonly<Record<string, string>> {
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
