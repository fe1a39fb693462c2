import { Option } from "commander";
import { callsApi } from "../api/api-command.ts";
import type { AddLater } from "../later-command.ts";
import { limitOption, positiveInteger } from "../options.ts";
import { printTable } from "../table.ts";
import { timeText } from "../time-text.ts";

interface ListOptions {
  readonly who?: string;
  readonly action?: string;
  readonly target?: string;
  readonly before?: number;
  readonly limit: number;
}

/** Adds `audit list`: who has changed what. */
export const addAudit: AddLater = (audit, session) => {
  const command = audit
    .command("list")
    .description("list who has changed what, the latest first")
    .option("--who <key>", "only changes with this API key")
    .option("--action <action>", "only these: listener.create, dead-letter.redrive, …")
    .option("--target <id>", "only changes of this listener, queue, key, …")
    .addOption(new Option("--before <id>", "those before this line").argParser(positiveInteger))
    .addOption(limitOption(100))
    .addHelpText("after", "\nExamples:\n  xqbus audit list\n  xqbus audit list --action listener.delete --json");
  callsApi<ListOptions>(command, session, async ({ api, options, output, limits }) => {
    const { who, action, target, before, limit } = options;
    const given = Object.entries({ who, action, target, before, limit }).filter(([, value]) => value !== undefined);
    const entries = await api.audit(Object.fromEntries(given), limits);
    if (output.json) return output.value(entries);
    const rows = entries.map(({ id, at, who: key, action: what, target: of, outcome, details }) => [
      ...[`${id}`, timeText(at), key, what, of, outcome],
      Object.keys(details).length === 0 ? "" : JSON.stringify(details),
    ]);
    printTable(output, ["ID", "TIME", "WHO", "ACTION", "TARGET", "OUTCOME", "DETAILS"], rows);
  });
  audit.addHelpText("after", "\nExamples:\n  xqbus audit list --limit 20");
};
