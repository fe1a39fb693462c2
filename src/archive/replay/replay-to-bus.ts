import { EventPublisher, type ConnectOptions } from "../../amqp/index.ts";
import type { Archive } from "../archive.ts";
import type { ArchiveQuery } from "../query/archive-query.ts";
import { replay, type Replayed, type ReplayOptions } from "./replay.ts";

/** Application property of events that come from an archive: its value is the time of the replay. */
export const REPLAYED_PROPERTY = "xqbus_replayed";

/** How events are sent again. */
export interface ReplayToBusOptions extends ReplayOptions {
  readonly connect?: ConnectOptions;
  /** The time, in ms since 1970. */
  readonly now?: () => number;
}

/**
 * Sends archived events to an address, with their message ids, and marked with {@link REPLAYED_PROPERTY}. Nothing is connected for a dry run.
 *
 * @param url of the broker, with the address as its domain: `amqp://host/billing`
 * @throws what `EventPublisher` throws
 */
export async function replayToBus(
  archive: Archive,
  query: ArchiveQuery,
  url: string,
  options: ReplayToBusOptions = {},
): Promise<Replayed> {
  const { connect = {}, now = Date.now, signal, dryRun = false } = options;
  if (dryRun) return replay(archive, query, () => undefined, options);
  // What was valid when it came need not be so now: whoever gets it decides.
  await using publisher = await EventPublisher.open(url, { ...connect, validate: false });
  const take: Parameters<typeof replay>[2] = ({ document, id, groupId, routingKey, message }) =>
    publisher.sendEvent(document, {
      ...(id === undefined ? {} : { messageId: id }),
      ...(groupId === undefined ? {} : { groupId }),
      ...(routingKey === "" ? {} : { subject: routingKey }),
      ...(message.correlationId === undefined ? {} : { correlationId: message.correlationId }),
      ...(signal === undefined ? {} : { signal }),
      properties: new Map([[REPLAYED_PROPERTY, new Date(now()).toISOString()]]),
    });
  return await replay(archive, query, take, options);
}
