import type { Command } from "commander";
import { changeJournal, readJournal } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Session } from "./command.ts";
import { Output } from "./io.ts";
import { jsonOption, positiveInteger } from "./options.ts";

/** A command that does something with refused events. */
interface JournalChange {
  readonly change: "retry" | "delete";
  readonly description: string;
  /** What was done, in words. */
  readonly done: (count: number, file: string) => string;
  /** What would be done, in words. */
  readonly would: (count: number, file: string) => string;
}

interface ChangeOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `journal retry` or `journal delete`, which take the same arguments. */
export function addJournalChange(journal: Command, session: Session, { change, ...texts }: JournalChange): void {
  const command: Command = journal
    .command(change)
    .description(texts.description)
    .argument("<file>", "journal of a program that is not running")
    .argument("[id...]", "numbers of refused events, as xqbus journal list tells them", collectId)
    .option("--all", "all refused events")
    .option("--dry-run", "only tell how many there are")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `\nExamples:\n  xqbus journal ${change} ./sends.db 7 9\n  xqbus journal ${change} ./sends.db --all --dry-run`,
    );
  command.action(async (file: string, ids: readonly number[], options: ChangeOptions) => {
    if (ids.length > 0 === (options.all === true)) command.error("error: give numbers of refused events, or --all");
    const output = new Output(session.io, options.json === true);
    const dryRun = options.dryRun === true;
    const there = new Set(readJournal(file, Number.MAX_SAFE_INTEGER).refusedEvents.map(({ id }) => id));
    const unknown = ids.filter((id) => !there.has(id));
    if (unknown.length > 0) {
      const message = `${file} has no refused event ${unknown.join(", ")}; xqbus journal list ${file} shows them`;
      throw new XqbusError("xqbus:unknown-name", message);
    }
    const found = options.all === true ? there.size : new Set(ids).size;
    const changed = dryRun ? 0 : await changeJournal(file, change, options.all === true ? "all" : ids);
    if (output.json) output.value({ file, change, found, changed, dryRun });
    else output.line(dryRun ? texts.would(found, file) : texts.done(changed, file));
  });
}

function collectId(text: string, previous: readonly number[] = []): readonly number[] {
  return [...previous, positiveInteger(text)];
}
