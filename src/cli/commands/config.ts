import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addConfigCheck } from "./config/check.ts";
import { addConfigPrint } from "./config/print.ts";

/** Adds one command to the noun `config`; one file in `commands/config/` each. */
export type AddConfigCommand = (config: Command, session: Session) => void;

const CONFIG_COMMANDS: readonly AddConfigCommand[] = [addConfigCheck, addConfigPrint];

export const addConfig: AddLater = (config, session) => {
  config.addHelpText(
    "after",
    `
Examples:
  xqbus config check xqbus.toml
  xqbus config print xqbus.toml
  XQBUS_HTTP__PORT=8080 xqbus config print xqbus.toml --json`,
  );
  for (const add of CONFIG_COMMANDS) add(config, session);
};
