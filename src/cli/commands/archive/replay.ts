import { Option } from "commander";
import { addChoiceOptions, choiceOf, usesArchive, type ChoiceOptions } from "../../archive-options.ts";
import { positiveNumber } from "../../options.ts";
import type { AddArchiveCommand } from "../archive.ts";
import { given } from "../../given.ts";

interface ReplayOptions extends ChoiceOptions {
  readonly url?: string;
  readonly to: string;
  readonly speed?: number;
  readonly rate?: string;
  readonly dryRun?: true;
}

export const addArchiveReplay: AddArchiveCommand = (archive, session) => {
  const command = addChoiceOptions(
    archive.command("replay").description("send archived events once more, with their message ids"),
  )
    .option(
      "--url <url>",
      "bus, with --database only: amqp[s]://user:password@host:port/domain (default: XQBUS_URL, else BROKER_URL)",
    )
    .requiredOption("--to <address>", "a topic or a queue on it")
    .addOption(
      new Option("--speed <factor>", "times as fast as they came: 1x, 10x (default: at once)").argParser(factor),
    )
    .option("--rate <rate>", "events at most: 100/s, 600/min")
    .option("--dry-run", "count only")
    .addHelpText(
      "after",
      `
Examples:
  xqbus archive replay --since 1d --type PhoneStatus --to billing --dry-run
  xqbus archive replay --since 1d --type PhoneStatus --to billing --speed 10x --rate 100/s

They have the application property xqbus_replayed, the time of the replay.`,
    );
  usesArchive<ReplayOptions>(command, session, async ({ archive: source, options, output }) => {
    const { to, speed, rate, dryRun = false, url } = options;
    const replayed = await source.replay(choiceOf(options), given({ to, dryRun, speed, rate }), url);
    if (output.json) return output.value(replayed);
    output.line(
      dryRun ? `${replayed.matched} events would be sent to ${to}` : `${replayed.sent} events were sent to ${to}`,
    );
  });
};

function factor(text: string): number {
  return positiveNumber(text.replace(/x$/, ""));
}
