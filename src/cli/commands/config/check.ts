import { loadConfig } from "../../../server/config/index.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import type { AddConfigCommand } from "../config.ts";

export const addConfigCheck: AddConfigCommand = (config, session) => {
  config
    .command("check")
    .description("everything that is wrong in a configuration, with file and line; nothing is started")
    .argument("<file>", "TOML file")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus config check xqbus.toml
  xqbus config check /etc/xqbus/xqbus.toml --json

Variables XQBUS_SECTION__KEY are checked with it, because they are used with it. The exit code is 1 when anything is wrong.
Whether ports are free and servers answer, xqbus doctor tells.`,
    )
    .action(async (file: string, options: { readonly json?: true }) => {
      const output = new Output(session.io, options.json === true);
      const { entries } = await loadConfig({ file, env: session.io.env, needsFolder: true });
      const given = entries.filter(({ source }) => source !== "default").length;
      if (output.json) output.value({ file, given, settings: entries.length });
      else output.line(`${file}: nothing is wrong (${given} of ${entries.length} settings are given)`);
    });
};
