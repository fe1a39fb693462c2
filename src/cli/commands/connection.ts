import { callsApi } from "../api/api-command.ts";
import { counted } from "../../counted.ts";
import type { AddLater } from "../later-command.ts";
import { positiveInteger } from "../options.ts";
import { printTable } from "../table.ts";
import { timeText } from "../time-text.ts";

interface CloseOptions {
  readonly dryRun?: true;
}

/** Adds what there is for the connections of a daemon's broker. */
export const addConnection: AddLater = (connection, session) => {
  const list = connection
    .command("list")
    .description("list the clients that are connected to the broker of a daemon")
    .addHelpText("after", "\nExamples:\n  xqbus connection list\n  xqbus connection list --json    with their links");
  callsApi(list, session, async ({ api, output, limits }) => {
    const connections = await api.broker.connections(limits);
    if (output.json) return output.value(connections);
    const rows = connections.map(({ id, user, containerId, connectedAt, links }) => [
      ...[`${id}`, user, containerId ?? "-", timeText(connectedAt), `${links.length}`],
      links.map(({ role, address }) => `${role} ${address ?? "of any address"}`).join(", "),
    ]);
    printTable(output, ["ID", "USER", "CONTAINER", "SINCE", "LINKS", "ADDRESSES"], rows);
  });

  const close = connection
    .command("close")
    .description("end a client's connection; what it has not settled goes back")
    .argument("<id>", "number of the connection (xqbus connection list)", positiveInteger)
    .option("--dry-run", "tell whose connection it is; nothing is ended")
    .addHelpText("after", "\nExamples:\n  xqbus connection close 7 --dry-run\n  xqbus connection close 7");
  callsApi<CloseOptions>(close, session, async ({ api, options, output, limits }) => {
    const { dryRun = false } = options;
    const id = Number(close.args[0]);
    const found = dryRun ? (await api.broker.connections(limits)).find((each) => each.id === id) : undefined;
    if (!dryRun) await api.broker.closeConnection(id, limits);
    const connections = dryRun && found === undefined ? 0 : 1;
    if (output.json) output.value({ dryRun, connections, id });
    else output.line(`${dryRun ? "would close" : "closed"} ${counted(connections, "connection")}`);
  });
  connection.addHelpText("after", "\nExamples:\n  xqbus connection list\n  xqbus connection close 7");
};
