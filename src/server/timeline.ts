import type { ActionService } from "../action/index.ts";
import type { ArchivedEvent } from "../archive/index.ts";
import { XqbusError } from "../errors.ts";
import { eventWords } from "../schema/index.ts";
import type { EventTimeline, TracedRun } from "./api-client/index.ts";
import type { DaemonParts } from "./parts.ts";
import type { TaskletRecord } from "./tasklet-records/index.ts";

/** Dead letters of one event that are shown. */
const MAX_DEAD_LETTERS = 1000;
/** Runs of one event that are shown: the last ones. */
const MAX_RUNS = 200;

/** What somebody may see. */
export interface TimelineView {
  /** Whether events of this type; undefined: what is no event. */
  readonly isSeen: (eventType: string | undefined) => boolean;
  /** Whether runs of actions and workflows. */
  readonly seesRuns: boolean;
}

/**
 * What became of an event, wherever it went.
 *
 * @returns undefined: there is nothing that may be shown
 */
export async function timelineOf(
  eventId: string,
  parts: Pick<DaemonParts, "listeners" | "deadLetters" | "actions" | "archive" | "catalog" | "taskletRecords">,
  { isSeen, seesRuns }: TimelineView,
): Promise<EventTimeline | undefined> {
  const { listeners, deadLetters: letters } = parts;
  const found = await listeners.trace(eventId);
  const trace = found !== undefined && isSeen(found.eventType) ? found : undefined;
  const dead = await letters.list({ eventId, limit: MAX_DEAD_LETTERS }, { isSeen });
  // Those of listeners are deliveries.
  const deadLetters = dead.filter(({ kind }) => kind !== "listener");
  const { actions } = parts;
  const runs = seesRuns && actions !== undefined ? { runs: await runsOf(eventId, actions) } : {};
  const events = (await archivedEvents(eventId, parts)).filter(({ type }) => isSeen(type));
  const archived = events.map(({ number, archivedAt }) => ({ number, archivedAt }));
  const tasklets = (await taskletRecords(eventId, parts)).filter(({ eventType }) => isSeen(eventType));
  const rest = { deadLetters, ...runs, archived, tasklets };
  if (trace !== undefined) return { ...trace, ...rest };
  const [first] = deadLetters;
  const [event] = events;
  const [told] = tasklets;
  const known =
    first ??
    (event && { eventType: event.type, subject: event.routingKey || undefined, bytes: event.size }) ??
    (told && { eventType: told.eventType, subject: told.eventKey || undefined, bytes: undefined });
  if (known === undefined && (runs.runs ?? []).length === 0) return undefined;
  const { eventType, subject, bytes = 0 } = known ?? {};
  return {
    ...{ eventId, eventType, subject, bytes, deliveries: [], ...rest },
    ...{ acceptedAt: undefined, traceparent: undefined },
  };
}

async function runsOf(eventId: string, { runs }: Pick<ActionService, "runs">): Promise<readonly TracedRun[]> {
  const found = (await runs.list({ eventId, limit: MAX_RUNS })).toReversed();
  return Promise.all(
    found.map(async ({ id, kind, name, state, parent, step, createdAt, endedAt, error }) => ({
      ...{ id, kind, name, state, parent, step, createdAt, endedAt, error, attempts: await runs.attempts(id) },
    })),
  );
}

/** What consumers have told, with event types in the words of the catalog. Records that are away take nothing from what else is known. */
async function taskletRecords(
  eventId: string,
  { taskletRecords: records, catalog }: Pick<DaemonParts, "taskletRecords" | "catalog">,
): Promise<readonly TaskletRecord[]> {
  try {
    const found = (await records?.ofEvent(eventId)) ?? [];
    const words = eventWords(catalog.model);
    return found.map((record) => ({ ...record, eventType: words.get(record.eventType) ?? record.eventType }));
  } catch (error) {
    if (error instanceof XqbusError) return [];
    throw error;
  }
}

/** An archive that is away takes nothing from what else is known. */
async function archivedEvents(
  eventId: string,
  { archive }: Pick<DaemonParts, "archive">,
): Promise<readonly ArchivedEvent[]> {
  try {
    return (await (await archive?.archive())?.get(eventId)) ?? [];
  } catch (error) {
    if (error instanceof XqbusError) return [];
    throw error;
  }
}
