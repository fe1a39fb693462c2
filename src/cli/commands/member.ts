import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addMemberList } from "./member/list.ts";

/** Adds one command to the noun `member`; one file in `commands/member/` each. */
export type AddMemberCommand = (member: Command, session: Session) => void;

/** Adds what there is for the daemons of a bus. */
export const addMember: AddLater = (member, session) => {
  addMemberList(member, session);
  member.addHelpText(
    "after",
    "\nExamples:\n  xqbus member list\n\nSeveral daemons in front of one broker: docs/scaling.md.",
  );
};
