import type { Command, CommanderError } from "commander";
import { XqbusError } from "../errors.ts";

/**
 * A wrong command line as one line: what commander found, and whose help says what would be right.
 *
 * The value of an unknown option is not repeated, because it may be a password.
 */
export function usageError(error: CommanderError, program: Command, args: readonly string[]): XqbusError {
  const found = error.message
    .replace(/^error: /, "")
    .replace(/(unknown option '[^'=]+)=[^]*'/, "$1=…'")
    .replace(/\n\(Did/, " (did")
    .trim()
    .replace(/\.$/, "");
  return new XqbusError("xqbus:illegal-argument", `${found}; see ${commandOf(program, args)} --help`);
}

/** The command that the arguments lead to: `xqbus event show`. */
function commandOf(program: Command, args: readonly string[]): string {
  const path = [program.name()];
  let command: Command | undefined = program;
  for (const arg of args[0] === "help" ? args.slice(1) : args) {
    command = command.commands.find((candidate) => candidate.name() === arg);
    if (command === undefined) break;
    path.push(arg);
  }
  return path.join(" ");
}
