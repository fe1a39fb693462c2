import { Option } from "commander";
import { callsApi } from "../api/api-command.ts";
import type { AddLater } from "../later-command.ts";
import { positiveInteger } from "../options.ts";
import { printFields } from "../table.ts";

interface ReplayOptions {
  readonly dryRun?: true;
  readonly max?: number;
}

/** Adds what there is for the broker of a daemon as a whole. */
export const addBroker: AddLater = (broker, session) => {
  const show = broker
    .command("show")
    .description("show what the broker of a daemon has done since it started, and does now")
    .addHelpText("after", "\nExamples:\n  xqbus broker show --json");
  callsApi(show, session, async ({ api, output, limits }) => {
    const state = await api.broker.get(limits);
    if (output.json) return output.value(state);
    if (!state.isEmbedded)
      return output.line("the daemon works with another broker; its own tools know how it is doing");
    const rates: Readonly<Record<string, number>> = { ...state.rates };
    const lines = Object.entries<number>({ ...state.counts }).map(([name, count]) => {
      const rate = rates[name];
      return [name, rate === undefined ? `${count}` : `${count} (${Math.round(rate * 10) / 10} per second)`] as const;
    });
    printFields(output, lines);
  });

  const replay = broker
    .command("replay")
    .description("publish again what no subscription of a topic wanted; what still nobody wants stays")
    .argument("<topic>", "address of the topic: org.clacks")
    .addOption(new Option("--max <number>", "at most so many").argParser(positiveInteger))
    .option("--dry-run", "tell how many there are; nothing is published")
    .addHelpText("after", "\nExamples:\n  xqbus broker replay org.clacks --dry-run");
  callsApi<ReplayOptions>(replay, session, async ({ api, options, output, limits }, topic = "") => {
    const { dryRun = false, max } = options;
    const { messages } = await api.broker.replay(topic, { ...limits, dryRun, ...(max === undefined ? {} : { max }) });
    if (output.json) output.value({ dryRun, messages });
    else output.line(dryRun ? `would look at ${messages} messages` : `published ${messages} messages again`);
  });
  broker.addHelpText("after", "\nExamples:\n  xqbus broker show\n  xqbus queue list\n  xqbus connection list");
};
