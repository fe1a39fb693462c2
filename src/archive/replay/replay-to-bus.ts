import { EventPublisher, urlsOfDomain, type ConnectOptions, type OriginalMessage } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import type { FilterMessage } from "../../filter/index.ts";
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
 * Sends archived events to an address as they were, with their message ids, times and application properties, and marked with {@link REPLAYED_PROPERTY}. Nothing is connected for a dry run.
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
      repeats: repeatedBy(message),
      properties: new Map([[REPLAYED_PROPERTY, new Date(now()).toISOString()]]),
    });
  return await replay(archive, query, take, options);
}

function repeatedBy({ creationTime, applicationProperties }: FilterMessage): OriginalMessage {
  return {
    ...(creationTime === undefined ? {} : { creationTime }),
    ...(applicationProperties === undefined ? {} : { applicationProperties }),
  };
}

/** Words with dots between them, as in the URL of a bus. */
const ADDRESS = /^(?=.{1,200}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/**
 * The URL of an address of a bus.
 *
 * @throws XqbusError `xqbus:illegal-argument` for what is no address
 */
export function urlOfAddress(bus: string, address: string): string {
  if (!ADDRESS.test(address)) {
    const expected = 'words of letters, digits, "_" and "-" with dots between them, such as "billing"';
    throw new XqbusError(
      "xqbus:illegal-argument",
      `${JSON.stringify(address.slice(0, 200))} is no address that events can be sent to; expected ${expected}`,
    );
  }
  return urlsOfDomain(bus, address).join(",");
}
