import type { Command } from "commander";
import { readUsersFile, usersFileOf } from "../../../daemon/index.ts";
import { dataOption, named, usersOption } from "../../access-files.ts";
import type { AccessFileOptions } from "../../access-files.ts";
import type { Session } from "../../command.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";

interface ListOptions extends AccessFileOptions {
  readonly json?: true;
}

/** Adds `user list`: the names of the users. */
export function addUserList(user: Command, session: Session): void {
  const command: Command = user
    .command("list")
    .description("print the names of the users, sorted")
    .addOption(usersOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus user list --data ./bus\n  xqbus user list --users ./users.json --json");
  command.action(async (options: ListOptions) => {
    const output = new Output(session.io, options.json === true);
    const names = Object.keys(await readUsersFile(named(usersFileOf(options), "--users", command))).sort();
    if (output.json) output.value(names);
    else for (const name of names) output.line(name);
  });
}
