import { Option } from "commander";
import { EventPublisher, parseBusUrls } from "../../amqp/index.ts";
import { eventsOf, tagEvent } from "../../tasklet/index.ts";
import { apiKeyOption, apiLimits, openApi } from "../api/open-api.ts";
import type { AddCommand, Session } from "../command.ts";
import { Output } from "../io.ts";
import { busUrl, connectOptions, jsonOption, urlOptions, type UrlOptions } from "../options.ts";
import { readInput } from "../read-input.ts";
import { visibleText } from "../visible-text.ts";

interface PublishCommandOptions extends UrlOptions {
  /** True: the API that the environment names. */
  readonly http?: string | true;
  readonly apiKey?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

export const addPublish: AddCommand = (program, session) => {
  const command = program
    .command("publish")
    .description("publish an event that is a routing key and a string of labels and tags, as PyLabs does")
    .argument("<key>", "routing key: words with dots between")
    .argument("<tags>", "lines of labels and tags (name:value), or - for standard input")
    .option("--dry-run", "print the event, send nothing");
  const http = new Option("--http [url]", "over the HTTP API of a daemon instead of the bus (default: XQBUS_HTTP)");
  const ways = [...urlOptions(), http.conflicts(["url", "tlsCa"]), apiKeyOption().conflicts(["url", "tlsCa"])];
  for (const option of [...ways, jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus publish pylabs.event.crm.lead 'customer_pending state:created guid:5a1b2969'
  base64 message | sed '1s/^/mail:/' | xqbus publish pylabs.event.sampleapp.email -
  xqbus publish pylabs.event.crm.lead state:created --dry-run
  xqbus publish pylabs.event.crm.lead state:created --http http://127.0.0.1:8672

How labels and tags are read: docs/tasklets.md.`,
    )
    .action(async (key: string, tags: string, options: PublishCommandOptions) => publish(key, tags, options, session));
};

async function publish(key: string, given: string, options: PublishCommandOptions, { io }: Session): Promise<void> {
  const output = new Output(io, options.json === true);
  const tags = given === "-" ? new TextDecoder().decode(await readInput("-", io)) : given;
  if (options.dryRun === true) {
    const event = tagEvent(tags);
    if (output.json) output.value({ routingKey: key, xml: event.toString() });
    else output.line(event.toString({ pretty: true }));
    return;
  }
  if (options.http !== undefined) return publishOverHttp(key, tags, options, io, output);
  const url = busUrl(options, io);
  await using publisher = await EventPublisher.open(url, await connectOptions(options, io));
  await eventsOf(publisher).publish(key, tags, { timeoutMs: options.timeout * 1000, signal: io.signal });
  const [{ domain, safe }] = parseBusUrls(url);
  if (output.json) output.value({ published: key, domain, length: tags.length });
  else output.line(`published ${visibleText(key)} to ${safe}; the broker has accepted it`);
}

async function publishOverHttp(
  key: string,
  tags: string,
  { http, ...options }: PublishCommandOptions,
  io: Session["io"],
  output: Output,
): Promise<void> {
  const api = await openApi({ ...options, ...(typeof http === "string" ? { http } : {}) }, io);
  const { id } = await api.events.publishTags(key, tags, apiLimits(options, io));
  if (output.json) output.value({ published: key, id, http: api.url, length: tags.length });
  else output.line(`published ${visibleText(key)} over ${api.url} as ${id}; the bus has accepted it`);
}
