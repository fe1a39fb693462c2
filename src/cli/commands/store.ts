import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addStoreCheck } from "./store/check.ts";
import { addStoreSalvage } from "./store/salvage.ts";

/** Adds one command to the noun `store`; one file in `commands/store/` each. */
export type AddStoreCommand = (store: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const STORE_COMMANDS: readonly AddStoreCommand[] = [addStoreCheck, addStoreSalvage];

export const addStore: AddCommand = (program, session) => {
  const store = program
    .command("store")
    .description("messages on disk of a broker that is not running: what is there, what is damaged, what can be saved")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Examples:
  xqbus store check ./broker
  xqbus store salvage ./broker --to ./broker-2 --dry-run`,
    );
  for (const add of STORE_COMMANDS) add(store, session);
};
