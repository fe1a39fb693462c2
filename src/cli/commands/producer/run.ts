import { openRelay, type RelayState } from "../../../producer/index.ts";
import { counted } from "../../../counted.ts";
import { Output } from "../../io.ts";
import { busUrl, connectOptions, jsonOption, openCatalog, schemasOption, urlOptions } from "../../options.ts";
import type { CatalogOption, UrlOptions } from "../../options.ts";
import { errorToJson } from "../../report-error.ts";
import { visibleText } from "../../visible-text.ts";
import { databaseOption } from "../../with-database.ts";
import type { AddProducerCommand } from "../producer.ts";

interface RunOptions extends UrlOptions, CatalogOption {
  readonly database: string;
  readonly once?: boolean;
  readonly json?: true;
}

/** Adds `producer run`: the relay. */
export const addProducerRun: AddProducerCommand = (producer, session) => {
  const command = producer
    .command("run")
    .description("publish what is in the outbox of a database, and what comes into it; Ctrl-C ends it")
    .addOption(databaseOption())
    .option("--once", "end when the outbox is empty");
  for (const option of [...urlOptions(), schemasOption(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus producer run --database postgres://crm@localhost/crm
  xqbus producer run --database sqlite:crm.db --once

Several may run: one works, the others wait to take its place. A database or a broker that is away is waited for.`,
    )
    .action(async ({ database, once = false, json, ...options }: RunOptions) => {
      const output = new Output(session.io, json === true);
      using catalog = await openCatalog(options, output);
      const connect = await connectOptions(options, session.io);
      await using relay = openRelay({
        ...{ database, once, bus: busUrl(options, session.io), publisher: { ...connect, catalog } },
        onState: (state) => tell(state, output),
        onParked: ({ message_id: messageId }, reason) =>
          output.warning(visibleText(`parked event ${messageId}: ${reason}`), { messageId, reason }),
      });
      session.io.end.addEventListener("abort", () => void relay.close(), { once: true });
      if (session.io.end.aborted) await relay.close();
      await relay.ended;
      const { published, parked } = relay.counts;
      if (output.json) output.value({ published, parked });
      else output.line(`published ${counted(published, "event")}, parked ${parked}`);
    });
};

function tell(state: RelayState, output: Output): void {
  if (state.kind === "failing") {
    output.warning(visibleText(`${state.error.message}; trying again`), errorToJson(state.error));
  } else if (state.kind === "working") output.note("publishing what is in the outbox");
  else if (state.kind === "standby") output.note("another relay works; waiting to take its place");
}
