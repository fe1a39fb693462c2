import type { Command } from "commander";
import { XqbusError } from "../../../errors.ts";
import type { NotifierType } from "../../../listener/index.ts";
import { callsApi } from "../../api/api-command.ts";
import type { Session } from "../../command.ts";
import { fieldOptions, fieldValues, missingFields } from "./field-options.ts";
import { eventTypeOption, listenerInput, listenerOptions, type ListenerOptions } from "./listener-options.ts";

/** What an option is called in the help whose value is given here only. */
const EXAMPLES: Readonly<Record<string, string>> = {
  email: '--subject="sync of {{ payload.repo_id }}" --addresses=a@example.org,b@example.org',
  http: "--url=https://example.org/hook --signing-secrets=-",
  amqp: "--exchange=pulp",
  file: "--path=events.ndjson",
  command: "--command=/usr/local/bin/on-event",
};

/** Adds the noun of a notifier's type, with `create` and `update`. @param eventTypes those that are known, for the help */
export function addNotifierType(
  listener: Command,
  session: Session,
  type: NotifierType,
  eventTypes: readonly string[],
): void {
  const noun = listener
    .command(type.id)
    .description(`manage ${type.id} listeners: ${type.summary.charAt(0).toLowerCase()}${type.summary.slice(1)}`)
    .helpCommand(false);
  addCreate(noun, session, type, eventTypes);
  addUpdate(noun, session, type, eventTypes);
}

function addCreate(noun: Command, session: Session, type: NotifierType, eventTypes: readonly string[]): void {
  const create = noun.command("create").description("create a listener");
  const options = [eventTypeOption("create", eventTypes), ...fieldOptions(type.fields, "create"), ...listenerOptions()];
  for (const option of options) create.addOption(option);
  const example = EXAMPLES[type.id] ?? "";
  create.addHelpText(
    "after",
    `\nExamples:\n  xqbus listener ${type.id} create --event-type=repo.sync.start ${example}`.trimEnd(),
  );
  callsApi<ListenerOptions & Readonly<Record<string, unknown>>>(create, session, async (call) => {
    const { api, options: given, output, limits } = call;
    const config = await fieldValues(type.fields, given, session.io);
    const input = listenerInput(given);
    const isChosen = [input.eventTypes, input.xquery, input.routingKey].some((value) => value !== undefined);
    const missing = [...(isChosen ? [] : ["--event-type"]), ...missingFields(type.fields, config)];
    if (missing.length > 0) create.error(`error: required option ${missing.join(", ")} not specified`);
    const created = await api.listeners.create({ ...input, notifier: type.id, config }, limits);
    if (output.json) output.value(created);
    else output.line("Event listener successfully created");
  });
}

function addUpdate(noun: Command, session: Session, type: NotifierType, eventTypes: readonly string[]): void {
  const update = noun.command("update").description("update a listener; what is not given stays as it is");
  update.argument("<id>", "id of the listener");
  const options = [eventTypeOption("update", eventTypes), ...fieldOptions(type.fields, "update"), ...listenerOptions()];
  for (const option of options) update.addOption(option);
  update.addHelpText(
    "after",
    `\nExamples:\n  xqbus listener ${type.id} update 5081a42ce19a00ea4300000e --event-type=repo.sync.finish`,
  );
  callsApi<ListenerOptions & Readonly<Record<string, unknown>>>(update, session, async (call, id) => {
    const { api, options: given, output, limits } = call;
    const config = await fieldValues(type.fields, given, session.io);
    const input = listenerInput(given);
    if (Object.keys(input).length + Object.keys(config).length === 0)
      update.error("error: nothing to update was given");
    const { notifier } = await api.listeners.get(id ?? "", limits);
    if (notifier !== type.id) {
      const message = `the listener ${id} is of type ${notifier}; use xqbus listener ${notifier} update`;
      throw new XqbusError("xqbus:illegal-argument", message);
    }
    const change = Object.keys(config).length === 0 ? input : { ...input, config };
    const updated = await api.listeners.update(id ?? "", change, limits);
    if (output.json) output.value(updated);
    else output.line("Event listener successfully updated");
  });
}
