import { Option } from "commander";
import type { Command } from "commander";
import type { MessagesChanged } from "../../server/api-client/index.ts";
import { callsApi, type ApiCall } from "../api/api-command.ts";
import type { Session } from "../command.ts";
import { counted } from "../../counted.ts";
import type { AddLater } from "../later-command.ts";
import { positiveInteger } from "../options.ts";
import { queueRow, QUEUE_HEAD } from "../queue-row.ts";
import { printTable } from "../table.ts";
import { visibleText } from "../visible-text.ts";

interface ChangeOptions {
  readonly dryRun?: true;
}

interface MoveOptions extends ChangeOptions {
  readonly max?: number;
}

/** Adds what there is for the queues of a daemon's broker. */
export const addQueue: AddLater = (queue, session) => {
  addList(queue, session);
  const purge = queue
    .command("purge")
    .description("delete the messages of a queue, except those that consumers have")
    .argument("<address>", "address of the queue")
    .addHelpText("after", "\nExamples:\n  xqbus queue purge jobs --dry-run");
  changes(purge, session, ["purged", "would purge"], ({ api, limits }, dryRun, address = "") =>
    api.broker.purge(address, { ...limits, dryRun }),
  );
  const remove = queue
    .command("delete")
    .description("delete a queue with its messages and the links to it")
    .argument("<address>", "address of the queue")
    .addHelpText("after", "\nExamples:\n  xqbus queue delete jobs --dry-run");
  changes(remove, session, ["deleted the queue with", "would delete the queue with"], (call, dryRun, address = "") =>
    call.api.broker.delete(address, { ...call.limits, dryRun }),
  );
  const move = queue
    .command("move")
    .description("move the messages that wait in a queue to the end of another one, until that is full")
    .argument("<from>", "address of the queue")
    .argument("<to>", "address of the other queue")
    .addOption(new Option("--max <number>", "at most so many").argParser(positiveInteger))
    .addHelpText("after", "\nExamples:\n  xqbus queue move jobs old-jobs --max 100 --dry-run");
  changes<MoveOptions>(
    move,
    session,
    ["moved", "would move"],
    ({ api, limits, options }, dryRun, from = "", to = "") => {
      const { max } = options;
      return api.broker.move(from, to, { ...limits, dryRun, ...(max === undefined ? {} : { max }) });
    },
  );
  queue.addHelpText("after", "\nExamples:\n  xqbus queue list\n  xqbus queue purge jobs --dry-run");
};

function addList(queue: Command, session: Session): void {
  const list = queue
    .command("list")
    .description("list the queues of a daemon's broker")
    .addHelpText("after", "\nExamples:\n  xqbus queue list --json");
  callsApi(list, session, async ({ api, output, limits }) => {
    const queues = await api.broker.queues(limits);
    if (output.json) return output.value(queues);
    printTable(
      output,
      ["ADDRESS", ...QUEUE_HEAD],
      queues.map((each) => [each.address, ...queueRow(each)]),
    );
  });
}

/** Gives a command `--dry-run`, and tells how many messages it concerned. */
function changes<O extends ChangeOptions>(
  command: Command,
  session: Session,
  [done, would]: readonly [done: string, would: string],
  change: (call: ApiCall<O>, dryRun: boolean, ...addresses: readonly string[]) => Promise<MessagesChanged>,
): void {
  command.option("--dry-run", "tell how many messages there are; nothing is changed");
  callsApi<O>(command, session, async (call, ...addresses) => {
    const { dryRun = false } = call.options;
    const { messages } = await change(call, dryRun, ...addresses);
    if (call.output.json) return call.output.value({ dryRun, messages });
    call.output.line(
      `${dryRun ? would : done} ${counted(messages, "message")}, ${visibleText(addresses.join(" to "))}`,
    );
  });
}
