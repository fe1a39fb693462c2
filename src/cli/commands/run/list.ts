import { Option } from "commander";
import { RUN_STATES, type RunState } from "../../../action/index.ts";
import { callsApi } from "../../api/api-command.ts";
import { limitOption } from "../../options.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddRunCommand } from "../run.ts";

interface ListOptions {
  readonly state?: RunState;
  readonly of?: string;
  readonly eventId?: string;
  readonly limit: number;
}

/** Adds `run list`. */
export const addRunList: AddRunCommand = (run, session) => {
  const command = run
    .command("list")
    .description("list runs, the latest first")
    .addOption(new Option("--state <state>", "only those").choices(RUN_STATES))
    .option("--of <id>", "only runs of the action or workflow with this id or name")
    .option("--event-id <id>", "only runs that this event has started, and their steps")
    .addOption(limitOption(50))
    .addHelpText("after", '\nExamples:\n  xqbus run list --state failed --of "Event handle"');
  callsApi<ListOptions>(command, session, async ({ api, options, output, limits }) => {
    const { state, of: subject, eventId, limit } = options;
    const runs = await api.runs.list({ state, subject, eventId, limit }, limits);
    if (output.json) return output.value(runs);
    const rows = runs.map(({ id, name, state: now, attempts, createdAt, error }) => [
      ...[id, name, now, `${attempts}`, timeText(createdAt)],
      error?.message ?? "",
    ]);
    printTable(output, ["Run", "Of", "State", "Attempts", "Recorded", "Error"], rows);
  });
};
