import { relative } from "node:path";
import {
  findConsumers,
  TaskletConsumer,
  type ConsumerFolder,
  type TaskletConsumerOptions,
} from "../../../tasklet/index.ts";
import { parseBusUrls } from "../../../amqp/index.ts";
import type { AddCommand, Session } from "../../command.ts";
import { apiKeyOption, openApi } from "../../api/open-api.ts";
import { inCommandWords } from "../../command-words.ts";
import { recordOfRun, recordOfUnwanted } from "../../consumer/record-of-run.ts";
import { TaskletReporter } from "../../consumer/tasklet-reporter.ts";
import { Output, type Io } from "../../io.ts";
import { busUrl, connectOptions, jsonOption, positiveNumber, urlOptions, type UrlOptions } from "../../options.ts";
import { errorToJson } from "../../report-error.ts";
import { untilEnd } from "../../until-end.ts";
import { visibleText } from "../../visible-text.ts";
import { Option } from "commander";

interface RunOptions extends UrlOptions {
  readonly retry?: string;
  readonly limit: number;
  /** False with --no-http. */
  readonly http?: string | false;
  readonly apiKey?: string;
  readonly json?: true;
}

/** How long events that are being handled may take when the command ends, in ms. */
const END_MS = 10_000;
/** How long a daemon may take to answer. */
const REPORT_MS = 10_000;

export const addConsumerRun: AddCommand = (consumer, session) => {
  const command = consumer
    .command("run")
    .description(
      "run the consumers of a folder until Ctrl-C or SIGTERM; changed tasklets and settings take effect at once",
    )
    .argument("<folder>", "a process folder (with consumer.cfg), an application, or a folder of applications")
    .addOption(new Option("--retry <policy>", "when a failed event is tried again (default: 5x exponential 1s..5m)"))
    .addOption(
      new Option("--limit <seconds>", "how long one function of a tasklet may take")
        .default(60)
        .argParser(positiveNumber),
    );
  const ways = [
    new Option("--http <url>", "HTTP API of the daemon that is told what tasklets did (default: XQBUS_HTTP)"),
    new Option("--no-http", "tell no daemon"),
    apiKeyOption(),
  ];
  for (const option of [...urlOptions(), ...ways, jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus consumer run examples/customer-page
  xqbus consumer run ./apps --json
  xqbus consumer run ./apps/crm/impl/events/leads --retry '3x exponential 1s..10s'
  xqbus consumer run ./apps --http http://127.0.0.1:8672

Each consumer has a durable subscription of its own, which the broker keeps when the command ends; several commands share it.
An event is settled when its tasklets have ended. "xqbus consumer check FOLDER" says what would run. With --http or XQBUS_HTTP a daemon is told what tasklets did, for "xqbus trace" and /metrics.`,
    )
    .action(async (folder: string, options: RunOptions) => run(folder, options, session));
};

async function run(path: string, options: RunOptions, { io }: Session): Promise<void> {
  const output = new Output(io, options.json === true);
  const url = busUrl(options, io);
  const folders = findConsumers(path);
  io.endsWithin?.(END_MS + 5000);
  const connect = await connectOptions(options, io);
  const consumers: TaskletConsumer[] = [];
  const retry = options.retry === undefined ? {} : { retry: options.retry };
  const reporter = await openReporter(options, io, output);
  try {
    for (const folder of folders) {
      // One that is broken holds up no other one.
      const waitsForConfig = folders.length > 1;
      const limits = { timeoutMs: options.limit * 1000, closeTimeoutMs: END_MS, waitsForConfig };
      consumers.push(
        await TaskletConsumer.open(url, folder, { ...tellsOf(folder, output, reporter), ...limits, ...retry, connect }),
      );
    }
    output.note(`${folders.length} consumer(s) at ${parseBusUrls(url)[0].safe} (Ctrl-C ends)`);
    await Promise.race([untilEnd(io.end), Promise.all(consumers.map((consumer) => consumer.join()))]);
  } finally {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await reporter?.close();
  }
}

/** Tells the daemon that options or environment name; undefined: they name none. */
async function openReporter(options: RunOptions, io: Io, output: Output): Promise<TaskletReporter | undefined> {
  const { http = io.env["XQBUS_HTTP"] ?? "", ...rest } = options;
  if (http === false || http === "") {
    output.note("no daemon is told what tasklets do (--http or XQBUS_HTTP): xqbus trace will not show it");
    return undefined;
  }
  const api = await openApi({ ...rest, http }, io);
  return new TaskletReporter({
    send: (report, signal) => api.consumers.report(report, { timeoutMs: REPORT_MS, signal }),
    onProblem: (error) =>
      output.warning(`${api.url} is not told what tasklets did: ${visibleText(error.message)}`, errorToJson(error)),
  });
}

/** What a consumer tells, as lines, and what a daemon is told. */
function tellsOf(consumer: ConsumerFolder, output: Output, reporter?: TaskletReporter): TaskletConsumerOptions {
  const { name, folder } = consumer;
  const at = (time: number = Date.now()): string => new Date(time).toISOString();
  const tell = (text: string, value: Readonly<Record<string, unknown>>): void => {
    if (output.json) output.value({ at: at(), consumer: name, ...value });
    else output.line(`${name}: ${visibleText(text)}`);
  };
  return {
    onConfig: ({ eventKey, workers, warnings }) => {
      tell(`key ${eventKey.text}, workers ${workers}`, { started: { eventKey: eventKey.text, workers } });
      for (const warning of warnings) output.warning(visibleText(warning), { consumer: name, message: warning });
    },
    onTasklet: (run) => reporter?.add(recordOfRun(consumer, run)),
    onHandled: (event) => {
      const { eventKey, eventId, attempt, ran } = event;
      const unwanted = recordOfUnwanted(consumer, event);
      if (unwanted !== undefined) reporter?.add(unwanted);
      const tasklets = ran.map((module) => relative(folder, module));
      const text = `${eventKey} handled by ${tasklets.length === 0 ? "none" : tasklets.join(", ")}`;
      tell(text, { handled: { eventKey, eventId, attempt, tasklets } });
    },
    onLog: ({ at: time, level, text, module, eventId }) => {
      const tasklet = module === undefined ? undefined : relative(folder, module);
      tell(tasklet === undefined ? text : `${tasklet}: ${text}`, {
        log: { at: at(time), level, text, tasklet, eventId },
      });
    },
    onDeadLetter: (letter) => tell(`given up: ${JSON.stringify(letter)}`, { deadLetter: letter }),
    onError: (error) =>
      output.warning(`${name}: ${visibleText(inCommandWords(error.message))}`, {
        consumer: name,
        ...errorToJson(error),
      }),
  };
}
