import type { Command } from "commander";
import { putUser, usersFileOf } from "../../../daemon/index.ts";
import { dataOption, named, usersOption } from "../../access-files.ts";
import type { AccessFileOptions } from "../../access-files.ts";
import type { Session } from "../../command.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { readPassword } from "../../read-password.ts";

interface AddOptions extends AccessFileOptions {
  readonly passwordStdin?: true;
  readonly json?: true;
}

/** Adds `user add`: a new user, or another password of one. */
export function addUserAdd(user: Command, session: Session): void {
  const command: Command = user
    .command("add")
    .description("add a user, or give a user another password; asks for the password")
    .argument("<name>", "name of the user")
    .option("--password-stdin", "read the password from standard input")
    .addOption(usersOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Only a salted hash of the password is kept. The file is made where it is missing; only its owner can read it.

Examples:
  xqbus user add ada --users ./users.json
  printf %s "$PASSWORD" | xqbus user add ada --password-stdin --data ./bus`,
    );
  command.action(async (name: string, options: AddOptions) => {
    const output = new Output(session.io, options.json === true);
    const file = named(usersFileOf(options), "--users", command);
    const isNew = await putUser(file, name, await readPassword(session.io, options.passwordStdin === true));
    if (output.json) output.value({ user: name, file, new: isNew });
    else output.line(isNew ? `added ${name} to ${file}` : `${name} has another password now, in ${file}`);
  });
}
