import { Option } from "commander";
import type { Replayed } from "../../../archive/index.ts";
import type { ReplayRequest } from "../../../server/api-client/index.ts";
import { addChoiceOptions, choiceOf, usesArchive, type ChoiceOptions } from "../../archive-options.ts";
import { positiveNumber } from "../../options.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddArchiveCommand } from "../archive.ts";
import { given } from "../../given.ts";

type Goal = Pick<ReplayRequest, "to" | "toSubscription">;

interface ReplayOptions extends ChoiceOptions, Goal {
  readonly url?: string;
  readonly from: "archive" | "unrouted";
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
    .addOption(
      new Option("--from <origin>", "unrouted: events that no subscription wanted, which leave their queue when sent")
        .choices(["archive", "unrouted"])
        .default("archive"),
    )
    .option("--to <address>", "a topic or a queue")
    .addOption(
      new Option(
        "--to-subscription <name>",
        "one durable or shared subscription of the daemon's own broker: <name>, or '<topic> <name>'; no other gets them",
      ).conflicts("to"),
    )
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
  xqbus archive replay --since 1d --to-subscription phones --dry-run
  xqbus archive replay --from unrouted --xquery '//e:Status = "busy"' --to-subscription phones

They have the application property xqbus_replayed, the time of the replay. A subscription gets what its filters and the rights of its
user allow; the others are counted as unwanted.`,
    );
  command.hook("preAction", () => {
    const { to, toSubscription } = command.opts<ReplayOptions>();
    if (to !== undefined || toSubscription !== undefined) return;
    command.error("error: say where the events go: --to <address> or --to-subscription <name>");
  });
  usesArchive<ReplayOptions>(command, session, async ({ archive: source, options, output }) => {
    const { from, to, toSubscription, speed, rate, dryRun = false, url } = options;
    const goal: Goal = toSubscription === undefined ? { to: to ?? "" } : { toSubscription };
    const replayed = await source.replay(choiceOf(options), { from, ...goal, dryRun, ...given({ speed, rate }) }, url);
    if (output.json) return output.value(replayed);
    output.line(visibleText(summary(replayed, to ?? `the subscription ${toSubscription}`, dryRun)));
  });
};

function summary({ matched, sent, unwanted }: Replayed, goal: string, dryRun: boolean): string {
  const count = dryRun ? matched - unwanted : sent;
  const done = `${count} events ${dryRun ? "would be" : "were"} sent to ${goal}`;
  return unwanted === 0 ? done : `${done}; ${unwanted} ${unwanted === 1 ? "other is" : "others are"} not wanted there`;
}

function factor(text: string): number {
  return positiveNumber(text.replace(/x$/, ""));
}
