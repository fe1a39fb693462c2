import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addProducerInstall } from "./producer/install.ts";
import { addProducerList } from "./producer/list.ts";
import { addProducerRetry } from "./producer/retry.ts";
import { addProducerRun } from "./producer/run.ts";
import { addProducerStatus } from "./producer/status.ts";
import { addProducerUninstall } from "./producer/uninstall.ts";

/** Adds one command to the noun `producer`; one file in `commands/producer/` each. */
export type AddProducerCommand = (producer: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const PRODUCER_COMMANDS: readonly AddProducerCommand[] = [
  addProducerInstall,
  addProducerList,
  addProducerRun,
  addProducerStatus,
  addProducerRetry,
  addProducerUninstall,
];

export const addProducer: AddLater = (producer, session) => {
  producer.addHelpText(
    "after",
    `
Examples:
  xqbus producer install --database sqlite:crm.db --table customers --mask iban
  xqbus producer run --database sqlite:crm.db --url amqp://admin:secret@localhost/org.clacks
  xqbus producer list --database sqlite:crm.db

docs/producers.md has the events, and what is promised of their order.`,
  );
  for (const add of PRODUCER_COMMANDS) add(producer, session);
};
