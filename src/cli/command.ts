import type { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";

/** What a command's action gets besides its own arguments, and where it leaves its exit code. */
export interface Session {
  readonly io: Io;
  exitCode: ExitCode;
}

/** Adds one daily verb or noun to the program; one file in `commands/` each. */
export type AddCommand = (program: Command, session: Session) => void;
