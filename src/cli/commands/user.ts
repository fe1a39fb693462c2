import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addUserAdd } from "./user/add.ts";
import { addUserDelete } from "./user/delete.ts";
import { addUserList } from "./user/list.ts";

/** Adds one command to the noun `user`; one file in `commands/user/` each. */
export type AddUserCommand = (user: Command, session: Session) => void;

const USER_COMMANDS: readonly AddUserCommand[] = [addUserAdd, addUserList, addUserDelete];

export const addUser: AddCommand = (program, session) => {
  const user = program
    .command("user")
    .description("who may log in to a broker of xqbus serve; takes effect while it runs")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Examples:
  xqbus user add ada --data ./bus
  xqbus user list --data ./bus
  xqbus user delete ada --data ./bus`,
    );
  for (const add of USER_COMMANDS) add(user, session);
};
