import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { collect, positiveInteger, positiveNumber, wholeNumber } from "./options.ts";
import type { CatalogOption, UrlOptions } from "./options.ts";

/** What `xqbus send` is given beside the event. */
export interface SendOptions extends CatalogOption, UrlOptions {
  readonly set?: readonly string[];
  readonly sample?: true;
  readonly seed?: number;
  readonly count?: number;
  /** Events a second. */
  readonly rate?: number;
  readonly dryRun?: true;
  readonly json?: true;
}

/** The options that `xqbus send` alone has. */
export const sendOptions = (): readonly Option[] => [
  new Option(
    "--set <field=value>",
    "value of a field; may be repeated; A/B=value for a nested field, A[2]/B for one of the second A",
  ).argParser(collectSetting),
  new Option("--sample", "make a random valid event; --set gives some of its values"),
  new Option("--seed <number>", "which sample: the same number gives the same event").argParser(wholeNumber),
  new Option("--count <number>", "how many samples (default: 1; with --rate until Ctrl-C)").argParser(positiveInteger),
  new Option(
    "--rate <number>",
    "samples a second, each at its time however long the broker takes; prints totals instead of a line for each",
  ).argParser(positiveNumber),
  new Option("--dry-run", "make and validate the event, print it, send nothing"),
];

/** Ends the command where an option is given that only samples have. */
export function refuseUnsampled({ sample, seed, count, rate, dryRun }: SendOptions, command: Command): void {
  if (sample !== true && (seed !== undefined || count !== undefined)) {
    command.error("error: --seed and --count belong to --sample");
  }
  if (sample !== true && rate !== undefined) command.error("error: --rate belongs to --sample");
  if (rate !== undefined && dryRun === true) {
    command.error("error: --rate is about sending; it cannot be used with --dry-run");
  }
}

/** Ends the command where options do not go with what is to be sent. `made`: an event type, not a file. */
export function refuseMisfits(made: boolean, options: SendOptions, command: Command): void {
  if (!made && options.set !== undefined) {
    command.error("error: --set makes a new event; it cannot change the one of a file");
  }
  if (!made && options.sample === true) command.error("error: --sample needs the name of an event type, not a file");
}

function collectSetting(text: string, previous?: readonly string[]): readonly string[] {
  if (text.indexOf("=") <= 0) throw new InvalidArgumentError("It must be Field=value.");
  return collect(text, previous);
}
