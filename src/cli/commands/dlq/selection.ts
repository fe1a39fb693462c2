import type { Command } from "commander";
import type { DeadLetterQuery } from "../../../server/index.ts";

/** Options that say which dead letters are meant. */
export interface SelectionOptions {
  readonly subscription?: string;
  readonly reason?: string;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly xquery?: string;
  readonly all?: true;
}

export function addSelectionOptions(command: Command): Command {
  return command
    .option(
      "--subscription <name>",
      "only those of this listener (id or name), subscription (name, or TOPIC NAME) or queue",
    )
    .option("--reason <reason>", "only those of this reason: attempts, rejected, expired, …")
    .option("--event-id <id>", "only the event with this message id")
    .option("--event-type <type>", "only events of this type")
    .option("--xquery <query>", "only events for which this filter holds");
}

/** The query that ids and options make; what is given must hold. */
export function selectionOf(ids: readonly string[], options: SelectionOptions): DeadLetterQuery {
  const { subscription, reason, eventId, eventType, xquery } = options;
  const given = { ids: ids.length === 0 ? undefined : ids, subscription, reason, eventId, eventType, xquery };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The same where nothing given would mean everything: that has to be said. */
export function saidSelection(command: Command, ids: readonly string[], options: SelectionOptions): DeadLetterQuery {
  const query = selectionOf(ids, options);
  const isGiven = Object.keys(query).length > 0;
  if (isGiven && options.all === true) command.error("error: --all means all dead letters, and cannot be limited");
  if (isGiven || options.all === true) return query;
  return command.error("error: say which: ids, --subscription, --reason, --event-id, --event-type, --xquery or --all");
}
