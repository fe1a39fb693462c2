import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addActionCreate, addActionUpdate } from "./action/create.ts";
import { addActionDelete } from "./action/delete.ts";
import { addActionList } from "./action/list.ts";
import { addActionShow } from "./action/show.ts";
import { addActionStart } from "./action/start.ts";
import { addActionTrigger } from "./action/trigger.ts";

/** Adds one command to the noun `action`; one file in `commands/action/` each. */
export type AddActionCommand = (action: Command, session: Session) => void;

const ACTION_COMMANDS: readonly AddActionCommand[] = [
  addActionCreate,
  addActionUpdate,
  addActionList,
  addActionShow,
  addActionStart,
  addActionTrigger,
  addActionDelete,
];

/** Adds what there is for actions. */
export const addAction: AddLater = (action, session) => {
  for (const add of ACTION_COMMANDS) add(action, session);
  action.addHelpText(
    "after",
    `
Examples:
  xqbus action create --name "Event handle" --module xqbus:event_handle --function event_handle
  echo '[{"event_id": 1}]' | xqbus action start "Event handle"
  xqbus action trigger add "Event handle" --event-type PhoneStatus

How actions are written: docs/actions.md.`,
  );
};
