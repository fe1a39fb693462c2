import { attemptGaps } from "../../../action/index.ts";
import { callsApi } from "../../api/api-command.ts";
import { printFields, printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddRunCommand } from "../run.ts";

/** Adds `run show`. */
export const addRunShow: AddRunCommand = (run, session) => {
  const command = run
    .command("show")
    .description("show a run with its attempts, its output or error")
    .argument("<id>", "id of the run")
    .addHelpText("after", "\nExamples:\n  xqbus run show 5eaf0db7f6f51d5255974217");
  callsApi(command, session, async ({ api, output, limits }, id = "") => {
    const found = await api.runs.get(id, limits);
    if (output.json) return output.value(found);
    const { name, kind, state, key, trigger, eventId, error, createdAt, endedAt } = found;
    printFields(output, [
      ["Run", found.id],
      ["Of", `${kind} ${name}`],
      ["State", state],
      ["Started by", trigger.kind],
      ["Event", eventId],
      ["Key", key],
      ["Error", error?.message],
      ["Output", found.output === undefined ? undefined : JSON.stringify(found.output)],
      ["Recorded", timeText(createdAt)],
      ["Ended", endedAt === undefined ? undefined : timeText(endedAt)],
    ]);
    const gaps = new Map(attemptGaps(found.attemptList).map((gap) => [gap.last + 1, gap]));
    const rows = found.attemptList.flatMap((attempt) => {
      const gap = gaps.get(attempt.number);
      const row = [`${attempt.number}`, timeText(attempt.startedAt), attempt.outcome ?? "running"];
      return [...(gap === undefined ? [] : [["…", "", "", gap.text]]), [...row, attempt.error?.message ?? ""]];
    });
    if (rows.length > 0) printTable(output, ["Attempt", "Began", "Outcome", "Error"], rows);
  });
};
