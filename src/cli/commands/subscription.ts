import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addSubscriptionDelete } from "./subscription/delete.ts";

/** Adds one verb to the noun. */
export type AddSubscriptionCommand = (subscription: Command, session: Session) => void;

export const addSubscription: AddCommand = (program, session) => {
  const subscription = program
    .command("subscription")
    .description("durable subscriptions of a broker")
    .helpCommand(false);
  addSubscriptionDelete(subscription, session);
  subscription.addHelpText(
    "after",
    `
Examples:
  xqbus subscription delete phones --dry-run
  xqbus subscription delete phones`,
  );
};
