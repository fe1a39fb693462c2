import type { AfterInput, ScheduleInput, Trigger } from "../action/index.ts";
import { XqbusError } from "../errors.ts";
import type { Listener } from "../listener/index.ts";
import type { DaemonParts } from "./parts.ts";

/** A trigger by events, which is a listener. */
export interface EventTriggerInput {
  readonly kind: "event";
  readonly eventTypes?: readonly string[];
  readonly routingKey?: string;
  /** Which events, and what of them is the input. */
  readonly xquery?: string;
}

/** What a user says of a trigger. */
export type NewTrigger = EventTriggerInput | ScheduleInput | AfterInput;

/** What starts an action or workflow. */
export interface ShownTrigger {
  /** Of the trigger; of the listener, for one by events. */
  readonly id: string;
  readonly kind: "event" | "schedule" | "action";
  /** For people. */
  readonly text: string;
  /** Of a schedule: ms since 1970. */
  readonly nextAt?: number | undefined;
}

type Parts = Pick<DaemonParts, "actions" | "listeners">;

/** All triggers. @param subject id of the action or workflow */
export async function triggersOf({ actions, listeners }: Parts, subject: string): Promise<readonly ShownTrigger[]> {
  const own = listeners.list().filter(({ notifier, config }) => notifier === "action" && config["action"] === subject);
  return [...own.map(shownListener), ...((await actions?.triggers.list(subject)) ?? []).map(shownTrigger)];
}

/** @throws what listeners and triggers refuse */
export async function addTrigger(
  { actions, listeners }: Parts,
  subject: string,
  input: NewTrigger,
): Promise<ShownTrigger> {
  if (input.kind !== "event") {
    const added = await actions?.triggers.add(subject, input);
    if (added === undefined) throw unknownTrigger(subject);
    return shownTrigger(added);
  }
  const { eventTypes, routingKey, xquery } = input;
  const wanted = {
    ...(eventTypes === undefined ? {} : { eventTypes }),
    ...(routingKey === undefined ? {} : { routingKey }),
  };
  const config = { action: subject, ...(xquery === undefined ? {} : { input: xquery }) };
  const listener = { ...wanted, ...(xquery === undefined ? {} : { xquery }), notifier: "action", config };
  return shownListener(await listeners.create(listener));
}

/** @throws XqbusError `xqbus:unknown-name` */
export async function removeTrigger({ actions, listeners }: Parts, subject: string, id: string): Promise<void> {
  if ((await actions?.triggers.remove(id, subject)) === true) return;
  const own = listeners.list().find((each) => each.id === id && each.config["action"] === subject);
  if (own === undefined) throw unknownTrigger(id);
  await listeners.delete(id);
}

/** What goes with an action or workflow that is deleted. */
export interface Deletion {
  /** What starts it. */
  readonly triggers: number;
  /** Triggers of others that it starts. */
  readonly followers: number;
  /** Names of the workflows with steps of it: they are kept, and these steps fail. */
  readonly workflows: readonly string[];
}

/**
 * Removes all triggers of an action or workflow that is about to be deleted.
 *
 * @param options `dryRun`: only says what there is
 */
export async function removeTriggers(
  parts: Parts,
  { id, name }: { readonly id: string; readonly name: string },
  { dryRun }: { readonly dryRun: boolean },
): Promise<Deletion> {
  const { actions } = parts;
  const triggers = await triggersOf(parts, id);
  const followers = (await actions?.triggers.countWatching(id)) ?? 0;
  const using = ((await actions?.workflows.list()) ?? []).filter(({ definition }) =>
    definition.steps.some(({ action }) => action === id || action === name),
  );
  if (!dryRun) {
    for (const trigger of triggers) if (trigger.kind === "event") await removeTrigger(parts, id, trigger.id);
    await actions?.triggers.removeAll(id);
  }
  return { triggers: triggers.length, followers, workflows: using.map((workflow) => workflow.name) };
}

function shownListener({ id, eventTypes, routingKey, xquery }: Listener): ShownTrigger {
  const text = [
    `events ${eventTypes.join(", ")}`,
    ...(routingKey === undefined ? [] : [`routing key ${routingKey}`]),
    ...(xquery === undefined ? [] : [`for which ${xquery}`]),
  ].join(", ");
  return { id, kind: "event", text };
}

function shownTrigger({ id, definition, nextAt }: Trigger): ShownTrigger {
  if (definition.kind === "action") {
    return { id, kind: "action", text: `${definition.on} of ${definition.afterName} (${definition.after})` };
  }
  return { id, kind: "schedule", text: `${definition.cron} (${definition.timeZone})`, nextAt };
}

function unknownTrigger(id: string): XqbusError {
  return new XqbusError("xqbus:unknown-name", `"${id.slice(0, 60)}" is not the id of a trigger of it`);
}
