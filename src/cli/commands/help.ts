import type { Command } from "commander";
import type { AddCommand } from "../command.ts";

/** `xqbus help event show` is `xqbus event show --help`; unlike commander's own it tells of a name that does not exist. */
export const addHelp: AddCommand = (program) => {
  program
    .command("help")
    .description("help for xqbus or for one command")
    .argument("[command...]", "name of the command")
    .addHelpText("after", "\nExamples:\n  xqbus help\n  xqbus help event show")
    .action((names: readonly string[]) => {
      let command: Command = program;
      for (const name of names) {
        const inner = command.commands.find((candidate) => candidate.name() === name);
        if (inner === undefined) {
          command.error(`error: there is no command '${name}'; there are ${namesOf(command)}`);
        }
        command = inner;
      }
      command.help();
    });
};

function namesOf(command: Command): string {
  return command.commands.map((candidate) => candidate.name()).join(", ") || "none below it";
}
