import { callsApi } from "../../api/api-command.ts";
import { printTable } from "../../table.ts";
import { oneLine } from "../../visible-text.ts";
import type { AddProducerCommand } from "../producer.ts";

/** Adds `producer status`: what the relays of a daemon do. */
export const addProducerStatus: AddProducerCommand = (producer, session) => {
  const command = producer
    .command("status")
    .description("what the relays of a daemon do ([producer] databases), and what waits for them")
    .addHelpText("after", "\nExamples:\n  xqbus producer status\n  xqbus producer status --json");
  callsApi(command, session, async ({ api, output, limits }) => {
    const relays = await api.producers.list(limits);
    const found = await Promise.all(
      relays.map(async (relay) => {
        // A database that is away cannot say what waits in it.
        const outbox = await api.producers.get(relay.database, limits).catch(() => undefined);
        return { ...relay, waiting: outbox?.waiting, parkedNow: outbox?.parked.length };
      }),
    );
    if (output.json) return output.value(found);
    const rows = found.map(({ database, state, error, counts, waiting, parkedNow }) => [
      ...[database, state, `${counts.published}`, `${waiting ?? "?"}`, `${parkedNow ?? "?"}`, oneLine(error ?? "")],
    ]);
    printTable(output, ["DATABASE", "RELAY", "PUBLISHED", "WAITING", "PARKED", "ERROR"], rows);
  });
};
