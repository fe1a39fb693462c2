import type { Command } from "commander";
import { notifierTypes } from "../../listener/index.ts";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addListenerDeliveries } from "./listener/deliveries.ts";
import { addListenerDelete } from "./listener/delete.ts";
import { knownEventTypes } from "./listener/event-types.ts";
import { addListenerList } from "./listener/list.ts";
import { addListenerPause, addListenerResume } from "./listener/pause.ts";
import { addListenerRetry } from "./listener/retry.ts";
import { addListenerShow } from "./listener/show.ts";
import { addListenerTest } from "./listener/test.ts";
import { addNotifierType } from "./listener/notifier-type.ts";

/** Adds one command to the noun `listener`; one file in `commands/listener/` each. */
export type AddListenerCommand = (listener: Command, session: Session) => void;

const LISTENER_COMMANDS: readonly AddListenerCommand[] = [
  addListenerList,
  addListenerShow,
  addListenerDelete,
  addListenerTest,
  addListenerPause,
  addListenerResume,
  addListenerDeliveries,
  addListenerRetry,
];

/** Adds what there is for listeners: for each way to tell of events a noun with `create` and `update`, and what all have in common. */
export const addListener: AddLater = async (listener, session, args) => {
  // Reading the catalog takes time that only the help is worth.
  const eventTypes = args.some((arg) => ["-h", "--help", "help"].includes(arg)) ? await knownEventTypes() : [];
  for (const type of notifierTypes) addNotifierType(listener, session, type, eventTypes);
  for (const add of LISTENER_COMMANDS) add(listener, session);
  listener.addHelpText(
    "after",
    `
Examples:
  xqbus listener email create --event-type=repo.sync.start --subject="sync" --addresses=a@example.org,b@example.org
  xqbus listener http create --event-type='*' --xquery '//e:Status = "busy"' --url=https://example.org/hook
  xqbus listener list
  xqbus listener deliveries 5081a42ce19a00ea4300000e
  xqbus listener delete 5081a42ce19a00ea4300000e --dry-run

Listeners are in a daemon, which is found by its HTTP API: xqbus serve --http 8672, then XQBUS_HTTP or --http.`,
  );
};
