import type { Command } from "commander";
import { deleteUser, readUsersFile, unknownUser, usersFileOf } from "../../../daemon/index.ts";
import { dataOption, named, usersOption } from "../../access-files.ts";
import type { AccessFileOptions } from "../../access-files.ts";
import type { Session } from "../../command.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";

interface DeleteOptions extends AccessFileOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `user delete`: a user who may not log in any more. */
export function addUserDelete(user: Command, session: Session): void {
  const command: Command = user
    .command("delete")
    .description("delete a user; a running broker ends the user's connections")
    .argument("<name>", "name of the user")
    .option("--dry-run", "say what would be deleted, and delete nothing")
    .addOption(usersOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus user delete ada --data ./bus --dry-run\n  xqbus user delete ada --data ./bus",
    );
  command.action(async (name: string, options: DeleteOptions) => {
    const output = new Output(session.io, options.json === true);
    const file = named(usersFileOf(options), "--users", command);
    if (options.dryRun === true) {
      if (!Object.hasOwn(await readUsersFile(file), name)) throw unknownUser(file, name);
    } else await deleteUser(file, name);
    if (output.json) output.value({ user: name, file, deleted: options.dryRun === true ? 0 : 1, wouldDelete: 1 });
    else output.line(options.dryRun === true ? `would delete 1 user: ${name}` : `deleted ${name} from ${file}`);
  });
}
