import { AbortedError } from "../../amqp/index.ts";
import { eventTest, type ArchivedEvent, type ArchiveQuery, type QueryOptions } from "../../archive/index.ts";
import type { Broker, UnroutedMessage } from "../../broker/index.ts";
import type { Catalog } from "../../schema/index.ts";
import { inTurns } from "../../in-turns.ts";

/** An event that no subscription of the bus wanted; its number is its place among them. */
export interface UnroutedEvent extends ArchivedEvent {
  readonly unrouted: UnroutedMessage;
}

/** Messages between two reports of progress. */
const STEP = 256;

/** The events of `<topic>.unrouted` that a query wants, the oldest first. What is no event is none of them. */
export async function* unroutedEvents(
  { management }: Pick<Broker, "management">,
  { topic, catalog }: { readonly topic: string; readonly catalog: Catalog },
  { limit = Infinity, ...query }: ArchiveQuery,
  options: QueryOptions,
): AsyncIterableIterator<UnroutedEvent> {
  const { signal, onProgress } = options;
  const isWanted = eventTest({ catalog }, query, options);
  const all = management.queues().find(({ address }) => address === `${topic}.unrouted`)?.messages ?? 0;
  let [looked, matched] = [0, 0];
  const tell = (done: number): void => onProgress?.({ looked, matched, done });
  for await (const message of inTurns(management.unrouted(topic))) {
    if (signal?.aborted === true) throw new AbortedError("the replay was cancelled", { cause: signal.reason });
    if (matched >= limit) break;
    const event = eventOf(message, ++looked);
    if (isWanted(event)) {
      matched++;
      yield event;
    }
    if (looked % STEP === 0) tell(Math.min(1, looked / all));
  }
  tell(1);
}

function eventOf(unrouted: UnroutedMessage, number: number): UnroutedEvent {
  const { message, groupId, arrivedAt, body: document } = unrouted;
  const { id, subject = "", userId: principal, creationTime } = message;
  return {
    ...{ number, id, routingKey: subject, source: undefined, principal, message, groupId, document, unrouted },
    // The document says of which type it is.
    ...{ type: "", name: "", namespace: "", sensitive: [] },
    time: Math.min(creationTime?.getTime() ?? arrivedAt, arrivedAt),
    archivedAt: arrivedAt,
    size: document.length,
  };
}
