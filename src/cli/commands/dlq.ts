import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addDlqDelete } from "./dlq/delete.ts";
import { addDlqGroup } from "./dlq/group.ts";
import { addDlqList } from "./dlq/list.ts";
import { addDlqRedrive } from "./dlq/redrive.ts";
import { addDlqShow } from "./dlq/show.ts";

/** Adds one command to the noun `dlq`; one file in `commands/dlq/` each. */
export type AddDlqCommand = (dlq: Command, session: Session) => void;

const DLQ_COMMANDS: readonly AddDlqCommand[] = [addDlqList, addDlqGroup, addDlqShow, addDlqRedrive, addDlqDelete];

/** Adds what there is for dead letters. */
export const addDlq: AddLater = (dlq, session) => {
  for (const add of DLQ_COMMANDS) add(dlq, session);
  dlq.addHelpText(
    "after",
    `
Examples:
  xqbus dlq group
  xqbus dlq list --reason attempts
  xqbus dlq redrive --subscription invoices --dry-run
  xqbus dlq redrive --xquery '//e:Status = "busy"'
  xqbus dlq delete queue-1763753400123000

They are in a daemon, which is found by its HTTP API: docs/dead-letters.md.`,
  );
};
