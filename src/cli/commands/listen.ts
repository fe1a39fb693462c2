import type { Command } from "commander";
import { Option } from "commander";
import { AMQPEventConsumer, parseBusUrls } from "../../amqp/index.ts";
import type { ConsumerCounts, EventDelivery } from "../../amqp/index.ts";
import { compileFilter } from "../../filter/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { inCommandWords } from "../command-words.ts";
import { problemLine } from "../filter-problem-lines.ts";
import { formatEvent, EVENT_FORMATS } from "../format-event.ts";
import type { EventFormat } from "../format-event.ts";
import { Output } from "../io.ts";
import {
  busUrl,
  connectOptions,
  jsonOption,
  openCatalog,
  positiveInteger,
  schemasOption,
  urlOptions,
} from "../options.ts";
import type { CatalogOption, UrlOptions } from "../options.ts";
import { errorToJson } from "../report-error.ts";
import {
  refuseUnnamed,
  subscriptionOf,
  subscriptionOptions,
  type SubscriptionOptions,
} from "../subscription-options.ts";
import { visibleText } from "../visible-text.ts";
import { watchCatalog } from "../watch-catalog.ts";
import { given } from "../given.ts";

interface ListenOptions extends UrlOptions, CatalogOption, SubscriptionOptions {
  readonly xquery?: string;
  readonly xpath?: string;
  readonly xpath1?: string;
  readonly defaultNamespace?: string;
  readonly validate?: true;
  readonly watch: boolean;
  /** False for `--no-check`. */
  readonly check: boolean;
  readonly count?: number;
  readonly format: EventFormat;
  readonly json?: true;
}

export const addListen: AddCommand = (program, session) => {
  const command: Command = program
    .command("listen")
    .description("print the events that match a filter, as they come; Ctrl-C ends it with the counts")
    .addOption(
      new Option(
        "--xquery <query>",
        "XQuery 3.1; an event matches when the result is true (default: every event)",
      ).conflicts(["xpath", "xpath1"]),
    )
    .addOption(
      new Option("--xpath <path>", "XPath 3.1; the prefix e: is declared for the shipped event types").conflicts(
        "xpath1",
      ),
    )
    .option("--xpath1 <path>", "XPath 1.0, as ActiveMQ and Artemis understand it")
    .option("--default-namespace <uri>", "namespace of unprefixed element names in the filter (default: none)")
    .addOption(schemasOption())
    .option("--validate", "refuse events that are not valid against the schemas, and say what is wrong with them")
    .option("--no-watch", "keep the schemas of the start; without it, changed XSD files take effect at once")
    .option("--no-check", "do not check the filter against the event types of these folders")
    .addOption(new Option("--count <n>", "end after this many matching events").argParser(positiveInteger))
    .addOption(new Option("--format <format>", "how to print an event").choices(EVENT_FORMATS).default("xml"));
  for (const option of [...subscriptionOptions(), ...urlOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus listen
  xqbus listen --format line --xpath '/e:Event/e:PhoneStatus[e:Status = "busy"]'
  xqbus listen --validate --schemas ./my-events
  xqbus listen --durable phones --xpath '/e:Event/e:PhoneStatus'
  xqbus listen --durable workers --shared
  xqbus listen --count 1 --xquery 'declare namespace f="http://www.gonicus.de/Events";
                                   let $e := ./f:Event return $e/f:PhoneStatus'

A durable subscription begins with the first listen of its name. The broker keeps it when listen ends, Ctrl-C included, and
all events that are sent from then on: the next listen of that name gets them, and ends one that is still there unless both
share it. What was printed is not kept, nor are events that do not match the filter. "xqbus subscription delete NAME"
(with --shared for a shared one) ends the subscription. Which products can do this: docs/client.md, "Receiving".`,
    )
    .action(async (options: ListenOptions) => listen(options, command, session));
};

async function listen(options: ListenOptions, command: Command, session: Session): Promise<void> {
  if (options.json === true && options.format !== "json" && command.getOptionValueSource("format") === "cli") {
    command.error(`error: --json prints events as JSON; it cannot be used with --format ${options.format}`);
  }
  refuseUnnamed(options, command);
  const output = new Output(session.io, options.json === true);
  const url = busUrl(options, session.io);
  const format = output.json ? "json" : options.format;
  using catalog = await openCatalog(options, output);
  if (options.check) checkFilter(options, catalog, output);
  if (options.watch) watchCatalog(catalog, output);
  const { xquery, xpath, xpath1, defaultNamespace: defaultElementNamespace } = options;
  await using consumer = await AMQPEventConsumer.open(url, {
    ...(await connectOptions(options, session.io)),
    ...given({ xquery, xpath, xpath1, defaultElementNamespace }),
    ...subscriptionOf(options),
    ...(options.validate === true ? { catalog } : {}),
    ...(options.check ? {} : { onCatalogProblem: "warning" as const }),
    onError: (error) => output.warning(visibleText(inCommandWords(error.message)), errorToJson(error)),
  });
  output.note(`listening to ${parseBusUrls(url)[0].safe} (Ctrl-C ends)`);
  const queue = consumer.placement?.routedQueue;
  if (queue !== undefined) output.note(`a daemon filters, and fills the queue ${queue}`);
  consumer.on("disconnected", ({ error }) => output.note(`${visibleText(error.message)}; connecting again`));
  consumer.on("connected", () => output.note("connected again"));
  consumer.on("stalled", ({ message }) => output.note(message));
  await printDeliveries(consumer, options.count ?? Infinity, session.io.end, (delivery) =>
    output.line(formatEvent(delivery, format, output, catalog)),
  );
  output.note(formatCounts(consumer.counts));
  if (options.durable !== undefined) output.note(keptNote(options.durable, options.shared !== undefined));
}

function keptNote(name: string, isShared: boolean): string {
  const command = `xqbus subscription delete ${name}${isShared ? " --shared" : ""}`;
  return `the broker keeps the subscription "${name}" and what comes for it; "${command}" ends it`;
}

/**
 * Tells of what no event can fulfil before anybody waits for one. The events themselves are not validated.
 *
 * @throws FilterError when the filter can never match
 */
function checkFilter(options: ListenOptions, catalog: Catalog, output: Output): void {
  const { xquery, xpath, defaultNamespace: defaultElementNamespace } = options;
  const text = xquery ?? xpath;
  if (text === undefined) return;
  const language = xquery === undefined ? "xpath" : "xquery";
  const { warnings } = compileFilter(text, { language, catalog, ...given({ defaultElementNamespace }) });
  for (const problem of warnings) output.warning(`the filter, ${problemLine(problem)}`, { ...problem });
}

async function printDeliveries(
  consumer: AMQPEventConsumer,
  count: number,
  signal: AbortSignal,
  print: (delivery: EventDelivery) => void,
): Promise<void> {
  // Closing ends the loop below in order: what was printed is accepted, the rest goes back to the broker.
  const close = (): void => void consumer.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    let printed = 0;
    for await (const delivery of consumer) {
      print(delivery);
      if (++printed >= count) break;
    }
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function formatCounts(counts: ConsumerCounts): string {
  const { received, matched, filteredOut, invalid, filterErrors } = counts;
  return (
    `received ${received}, matched ${matched}, filtered out ${filteredOut}` +
    (invalid > 0 ? `, not an event ${invalid}` : "") +
    (filterErrors > 0 ? `, filter errors ${filterErrors}` : "")
  );
}
