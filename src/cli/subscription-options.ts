import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

/** What says which subscription of the broker is meant. */
export interface SubscriptionOptions {
  readonly durable?: string;
  /** True where the option stands without a name. */
  readonly shared?: string | true;
}

/** `--durable` and `--shared`. */
export const subscriptionOptions = (): readonly Option[] => [
  new Option(
    "--durable <name>",
    "take the events of a subscription that the broker keeps: what is sent while nobody listens waits in it",
  ).argParser(subscriptionName),
  new Option(
    "--shared [name]",
    "divide the events among all that listen with this name; without a name: the one of --durable",
  ).argParser(subscriptionName),
];

/** The name of a subscription; AMQP names of links take most characters, and the client uses one of them itself. */
export function subscriptionName(text: string): string {
  if (text === "" || text.includes("|")) throw new InvalidArgumentError('It must be a name without "|".');
  return text;
}

/** Ends the command where the two do not go together. */
export function refuseUnnamed({ durable, shared }: SubscriptionOptions, command: Command): void {
  if (shared === true && durable === undefined) {
    command.error("error: --shared needs a name here; give --shared NAME, or --durable NAME with it");
  }
  if (typeof shared === "string" && durable !== undefined && shared !== durable) {
    command.error("error: --durable and --shared name two subscriptions; give --durable NAME --shared");
  }
}

/** The same for a consumer. */
export function subscriptionOf({ durable, shared }: SubscriptionOptions): SubscriptionOptions {
  return { ...(durable === undefined ? {} : { durable }), ...(shared === undefined ? {} : { shared }) };
}
