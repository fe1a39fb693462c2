import { parseBusUrls } from "../../amqp/index.ts";
import {
  REPLAYED_PROPERTY,
  replayEvents,
  replayToBus,
  urlOfAddress,
  type Archive,
  type ArchivedEvent,
  type ArchiveQuery,
  type Replayed,
  type ReplayOptions,
  type Taker,
} from "../../archive/index.ts";
import type { Broker, ReplayTarget } from "../../broker/index.ts";
import { XqbusError } from "../../errors.ts";
import type { DaemonParts } from "../parts.ts";
import { findSubscription } from "./find-subscription.ts";
import { unroutedEvents } from "./unrouted-events.ts";

/** Where events are that are to be sent once more: in the archive, or in `<domain>.unrouted` of the embedded broker. */
export type ReplayOrigin = "archive" | "unrouted";

/** Who gets them: an address of the bus, or one subscription of the embedded broker by its name. */
export type ReplayGoal =
  { readonly kind: "address"; readonly address: string } | { readonly kind: "subscription"; readonly name: string };

/** What is sent once more, and to whom. */
export interface ReplayOrder {
  readonly from: ReplayOrigin;
  readonly to: ReplayGoal;
  readonly query: ArchiveQuery;
}

/** What a replay needs of a daemon. */
export interface ReplayParts extends Pick<DaemonParts, "broker" | "catalog" | "url" | "connect"> {
  readonly archive: () => Promise<Archive>;
}

/**
 * Gets a replay ready. Events of the archive stay there; those that nobody wanted leave their queue when they are sent, and those that
 * nobody wants now stay.
 *
 * @throws XqbusError `xqbus:no-broker` where it takes the embedded broker, `xqbus:unknown-name` for a subscription that is not there,
 *   `xqbus:illegal-argument`
 */
export async function prepareReplay(
  parts: ReplayParts,
  { from, to, query }: ReplayOrder,
): Promise<(options: ReplayOptions) => Promise<Replayed>> {
  const { catalog, url, connect = {} } = parts;
  const mark = { [REPLAYED_PROPERTY]: new Date().toISOString() };
  // The embedded broker says who wants an event; another one takes it or not.
  if (from === "archive" && to.kind === "address" && parts.broker === undefined) {
    const bus = urlOfAddress(url, to.address);
    const archive = await parts.archive();
    return (options) => replayToBus(archive, query, bus, { ...options, connect });
  }
  const broker = brokerOf(parts, from);
  const target =
    to.kind === "address" ? broker.management.targetAddress(to.address) : findSubscription(broker, to.name);
  if (from === "archive") {
    const archive = await parts.archive();
    return (options) => counted(archive.query(query, options), intoTarget(target, mark), options);
  }
  if (query.after !== undefined) {
    throw new XqbusError("xqbus:illegal-argument", "after is for events of the archive only, which have numbers");
  }
  const [{ domain: topic }] = parseBusUrls(url);
  return (options) =>
    counted(
      unroutedEvents(broker, { topic, catalog }, query, options),
      {
        take: ({ unrouted }) => unrouted.moveTo(target, mark),
        wants: ({ unrouted }) => unrouted.isFor(target),
      },
      options,
    );
}

function brokerOf({ broker }: ReplayParts, from: ReplayOrigin): Broker {
  if (broker !== undefined) return broker;
  const what =
    from === "unrouted"
      ? "only the embedded broker keeps events that no subscription wanted"
      : "only the embedded broker puts events into one subscription; send them to an address";
  throw new XqbusError("xqbus:no-broker", `the daemon works with a broker of somebody else: ${what}`);
}

function intoTarget(target: ReplayTarget, mark: Readonly<Record<string, string>>): Taker<ArchivedEvent> {
  const repeated = ({ document, message, groupId }: ArchivedEvent): Parameters<ReplayTarget["put"]>[0] => {
    const applicationProperties = new Map([...(message.applicationProperties ?? []), ...Object.entries(mark)]);
    return { body: document, message: { ...message, applicationProperties }, groupId };
  };
  return { take: (event) => target.put(repeated(event)), wants: (event) => target.wants(repeated(event)) };
}

/** Whoever tries again wants to know how far it came. */
async function counted<E extends { readonly time: number }>(
  events: AsyncIterable<E>,
  taker: Taker<E>,
  options: ReplayOptions,
): Promise<Replayed> {
  let sent = 0;
  const take = async (event: E): Promise<boolean> => {
    const isTaken = (await taker.take(event)) !== false;
    if (isTaken) sent++;
    return isTaken;
  };
  try {
    return await replayEvents(events, { ...taker, take }, options);
  } catch (error) {
    if (!(error instanceof XqbusError) || error.code !== "amqp:resource-limit-exceeded") throw error;
    throw new XqbusError(error.code, `${error.message}; ${sent} events were sent before`, { cause: error });
  }
}
