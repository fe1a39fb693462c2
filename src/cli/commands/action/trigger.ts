import { Option } from "commander";
import type { AfterInput, CatchUp } from "../../../action/index.ts";
import { XqbusError } from "../../../errors.ts";
import type { NewTrigger } from "../../../server/api-client/index.ts";
import { callsApi } from "../../api/api-command.ts";
import { collect } from "../../options.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddActionCommand } from "../action.ts";
import { given } from "../../given.ts";

interface TriggerOptions {
  readonly eventType?: readonly string[];
  readonly routingKey?: string;
  readonly xquery?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly catchUp?: CatchUp;
  readonly after?: string;
  readonly on?: NonNullable<AfterInput["on"]>;
}

/** Adds `action trigger add|list|remove`: what starts an action or workflow. */
export const addActionTrigger: AddActionCommand = (action, session) => {
  const trigger = action.command("trigger").description("what starts an action or workflow by itself");
  const add = trigger
    .command("add")
    .description("let events, a schedule or another action start it")
    .argument("<id>", "id or name of the action or workflow")
    .option("--event-type <type>", "events of this type; repeatable", collect)
    .option("--routing-key <pattern>", "events with such a routing key: * is a word, # any number of them")
    .option("--xquery <query>", "which events, and what of them is the input")
    .option("--cron <fields>", 'a schedule: five fields, such as "0 6 * * 1-5"')
    .option("--time-zone <name>", "of the schedule; default UTC")
    .addOption(new Option("--catch-up <how>", "times that passed unseen").choices(["none", "one", "all"]))
    .option("--after <id>", "another action or workflow")
    .addOption(new Option("--on <end>", "which end of it").choices(["success", "failure", "end"]))
    .addHelpText(
      "after",
      `
Examples:
  xqbus action trigger add "Event handle" --event-type PhoneStatus --xquery '//e:CallerId'
  xqbus action trigger add Report --cron "0 6 * * 1-5" --time-zone Europe/Berlin
  xqbus action trigger add Report --after "Event handle"`,
    );
  callsApi<TriggerOptions>(add, session, async ({ api, options, output, limits }, id = "") => {
    const added = await api.actions.addTrigger(id, triggerOf(options), limits);
    if (output.json) output.value(added);
    else output.line(`Trigger successfully added: ${added.id} ${added.text}`);
  });

  const list = trigger
    .command("list")
    .description("list what starts an action or workflow")
    .argument("<id>", "id or name of the action or workflow")
    .addHelpText("after", '\nExamples:\n  xqbus action trigger list "Event handle"');
  callsApi(list, session, async ({ api, output, limits }, id = "") => {
    const triggers = await api.actions.triggers(id, limits);
    if (output.json) return output.value(triggers);
    const rows = triggers.map(({ id: each, kind, nextAt, text }) => [
      each,
      kind,
      nextAt === undefined ? "" : timeText(nextAt),
      text,
    ]);
    printTable(output, ["Id", "Kind", "Next", "What"], rows);
  });

  const remove = trigger
    .command("remove")
    .description("remove a trigger")
    .argument("<id>", "id or name of the action or workflow")
    .argument("<trigger>", "id of the trigger")
    .addHelpText("after", '\nExamples:\n  xqbus action trigger remove "Event handle" 5eaf0db7f6f51d5255974217');
  callsApi(remove, session, async ({ api, output, limits }, id = "", which = "") => {
    await api.actions.removeTrigger(id, which, limits);
    if (output.json) output.value({ removed: which });
    else output.line(`removed the trigger ${which}`);
  });
};

/** @throws XqbusError `xqbus:illegal-argument` for options that do not go together */
function triggerOf({ cron, timeZone, catchUp, after, on, ...event }: TriggerOptions): NewTrigger {
  const { eventType, routingKey, xquery } = event;
  const isEvent = eventType !== undefined || routingKey !== undefined || xquery !== undefined;
  if ([cron !== undefined, after !== undefined, isEvent].filter(Boolean).length !== 1) {
    const expected = "expected --cron, or --after, or some of --event-type, --routing-key and --xquery";
    throw new XqbusError("xqbus:illegal-argument", `a trigger is a schedule, another action, or events: ${expected}`);
  }
  if (cron !== undefined) return { kind: "schedule", cron, ...given({ timeZone, catchUp }) };
  if (after !== undefined) return { kind: "action", after, ...given({ on }) };
  return { kind: "event", ...given({ eventTypes: eventType, routingKey, xquery }) };
}
