import { relative } from "node:path";
import {
  findConsumers,
  TaskletConsumer,
  type ConsumerFolder,
  type TaskletConsumerOptions,
} from "../../../tasklet/index.ts";
import { parseBusUrls } from "../../../amqp/index.ts";
import type { AddCommand, Session } from "../../command.ts";
import { inCommandWords } from "../../command-words.ts";
import { Output } from "../../io.ts";
import { busUrl, connectOptions, jsonOption, positiveNumber, urlOptions, type UrlOptions } from "../../options.ts";
import { errorToJson } from "../../report-error.ts";
import { untilEnd } from "../../until-end.ts";
import { visibleText } from "../../visible-text.ts";
import { Option } from "commander";

interface RunOptions extends UrlOptions {
  readonly retry?: string;
  readonly limit: number;
  readonly json?: true;
}

/** How long events that are being handled may take when the command ends, in ms. */
const END_MS = 10_000;

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
  for (const option of [...urlOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus consumer run examples/customer-page
  xqbus consumer run ./apps --json
  xqbus consumer run ./apps/crm/impl/events/leads --retry '3x exponential 1s..10s'

Each consumer has a durable subscription of its own, which the broker keeps when the command ends; several commands share it.
An event is settled when its tasklets have ended. "xqbus consumer check FOLDER" says what would run.`,
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
  try {
    for (const folder of folders) {
      // One that is broken holds up no other one.
      const waitsForConfig = folders.length > 1;
      const limits = { timeoutMs: options.limit * 1000, closeTimeoutMs: END_MS, waitsForConfig };
      consumers.push(
        await TaskletConsumer.open(url, folder, { ...tellsOf(folder, output), ...limits, ...retry, connect }),
      );
    }
    output.note(`${folders.length} consumer(s) at ${parseBusUrls(url)[0].safe} (Ctrl-C ends)`);
    await Promise.race([untilEnd(io.end), Promise.all(consumers.map((consumer) => consumer.join()))]);
  } finally {
    await Promise.all(consumers.map((consumer) => consumer.close()));
  }
}

/** What a consumer tells, as lines. */
function tellsOf({ name, folder }: ConsumerFolder, output: Output): TaskletConsumerOptions {
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
    onHandled: ({ eventKey, eventId, attempt, ran }) => {
      const tasklets = ran.map((module) => relative(folder, module));
      const text = `${eventKey} handled by ${tasklets.length === 0 ? "none" : tasklets.join(", ")}`;
      tell(text, { handled: { eventKey, eventId, attempt, tasklets } });
    },
    onLog: ({ at: time, level, text, module, eventId }) => {
      const tasklet = relative(folder, module);
      tell(`${tasklet}: ${text}`, { log: { at: at(time), level, text, tasklet, eventId } });
    },
    onDeadLetter: (letter) => tell(`given up: ${JSON.stringify(letter)}`, { deadLetter: letter }),
    onError: (error) =>
      output.warning(`${name}: ${visibleText(inCommandWords(error.message))}`, {
        consumer: name,
        ...errorToJson(error),
      }),
  };
}
