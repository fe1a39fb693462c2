import { relative, sep } from "node:path";
import type { TaskletRecord } from "../../server/index.ts";
import type { ConsumerFolder, HandledEvent, TaskletRun } from "../../tasklet/index.ts";

/** What the API takes at most: the rest of a longer text says nothing more. */
const MAX_NAME = 256;
const MAX_MESSAGE = 2000;

/** What a daemon is told of a tasklet that ran. */
export function recordOfRun({ name, folder }: ConsumerFolder, run: TaskletRun): TaskletRecord {
  const { module, outcome, startedAt, endedAt, error } = run;
  return {
    ...eventOf(name, run),
    tasklet: relative(folder, module).split(sep).join("/").slice(0, MAX_NAME),
    ...{ outcome, startedAt, endedAt },
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message.slice(0, MAX_MESSAGE) } }),
  };
}

/** What it is told of an event that no tasklet wanted; undefined: there was one. */
export function recordOfUnwanted({ name }: ConsumerFolder, handled: HandledEvent): TaskletRecord | undefined {
  if (handled.ran.length > 0) return undefined;
  const at = Date.now();
  return { ...eventOf(name, handled), outcome: "unwanted", startedAt: at, endedAt: at };
}

function eventOf(
  consumer: string,
  { eventId, eventType, eventKey, attempt }: Pick<TaskletRun, "eventId" | "eventType" | "eventKey" | "attempt">,
): Pick<TaskletRecord, "consumer" | "eventId" | "eventType" | "eventKey" | "attempt"> {
  // An id that is cut would be another one.
  const hasId = eventId !== undefined && eventId.length <= MAX_NAME;
  return {
    ...{
      consumer: consumer.slice(0, MAX_NAME),
      ...(hasId ? { eventId } : {}),
      eventType: eventType.slice(0, MAX_NAME),
    },
    ...{ eventKey: eventKey.slice(0, 1024), attempt },
  };
}
