import type { Command } from "commander";
import type { Session } from "./command.ts";

/**
 * Adds to a noun what is below it.
 *
 * @param args the whole command line
 */
export type AddLater = (noun: Command, session: Session, args: readonly string[]) => void | Promise<void>;

/** A noun whose commands are loaded when it is on the command line: the others do not wait for its modules. */
export interface LaterCommand {
  readonly name: string;
  /** Another name of it. */
  readonly alias?: string;
  readonly description: string;
  readonly load: () => Promise<AddLater>;
}

/** Adds the noun, and what is below it where the arguments name it. */
export async function addLater(
  program: Command,
  session: Session,
  { name, alias = name, description, load }: LaterCommand,
  args: readonly string[],
): Promise<void> {
  const noun = program.command(name).description(description).helpCommand(false);
  if (alias !== name) noun.alias(alias);
  if (!args.includes(name) && !args.includes(alias)) return;
  const add = await load();
  await add(noun, session, args);
}
