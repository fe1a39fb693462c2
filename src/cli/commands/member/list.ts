import { callsApi } from "../../api/api-command.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddMemberCommand } from "../member.ts";

/** Adds `member list`. */
export const addMemberList: AddMemberCommand = (member, session) => {
  const command = member
    .command("list")
    .description("list the daemons that serve the bus together, and how much each of them does")
    .addHelpText("after", "\nExamples:\n  xqbus member list");
  callsApi(command, session, async ({ api, output, limits }) => {
    const members = await api.members(limits);
    if (output.json) return output.value(members);
    const rows = members.map(({ id, startedAt, release, leases, isThis }) => [
      ...[isThis ? `${id} (this one)` : id, timeText(startedAt), release, `${leases}`],
    ]);
    printTable(output, ["Daemon", "Since", "Release", "Leases"], rows);
  });
};
