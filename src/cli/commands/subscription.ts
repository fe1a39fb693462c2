import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addSubscriptionDelete } from "./subscription/delete.ts";
import { addSubscriptionList } from "./subscription/list.ts";

/** Adds one verb to the noun. */
export type AddSubscriptionCommand = (subscription: Command, session: Session) => void;

export const addSubscription: AddCommand = (program, session) => {
  const subscription = program
    .command("subscription")
    .description("durable subscriptions of a broker")
    .helpCommand(false);
  for (const add of [addSubscriptionList, addSubscriptionDelete]) add(subscription, session);
  subscription.addHelpText(
    "after",
    `
Examples:
  xqbus subscription list
  xqbus subscription delete phones --dry-run
  xqbus subscription delete phones`,
  );
};
