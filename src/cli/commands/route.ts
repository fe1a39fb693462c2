import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addRouteCreate } from "./route/create.ts";
import { addRouteDelete } from "./route/delete.ts";
import { addRouteDiscard } from "./route/discard.ts";
import { addRouteList } from "./route/list.ts";
import { addRouteShow } from "./route/show.ts";
import { addRouteWaiting } from "./route/waiting.ts";

/** Adds one command to the noun `route`; one file in `commands/route/` each. */
export type AddRouteCommand = (route: Command, session: Session) => void;

const ROUTE_COMMANDS: readonly AddRouteCommand[] = [
  addRouteCreate,
  addRouteList,
  addRouteShow,
  addRouteWaiting,
  addRouteDiscard,
  addRouteDelete,
];

/** Adds what there is for routes. */
export const addRoute: AddLater = (route, session) => {
  for (const add of ROUTE_COMMANDS) add(route, session);
  route.addHelpText(
    "after",
    `
Examples:
  xqbus route create billing --xquery '//e:Status = "busy"'
  xqbus route list
  xqbus route waiting billing
  xqbus route delete billing --dry-run

A route puts the events that match on a queue of another broker: docs/scaling.md.`,
  );
};
