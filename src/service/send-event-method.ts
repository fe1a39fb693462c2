import {
  checkEvent,
  EventPublisher,
  parseBusUrls,
  readEvent,
  type ConnectOptions,
  type SendOptions,
} from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import type { CallContext, ServiceMethod } from "./service-methods.ts";

/** The right to send events of one type: Clacks's `<domain>.event.<Name>` with the flag `x`. */
export interface EventRight {
  readonly user: string;
  readonly domain: string;
  /** The event type. */
  readonly event: string;
  /** `org.clacks.event.PhoneStatus`. */
  readonly topic: string;
}

/** How a service sends the events of callers that have no schemas. */
export interface ServiceEventsOptions {
  /** What events are validated against. */
  readonly catalog: Catalog;
  /** Whether the caller may send such an event; `checkAccess` of the broker's rules answers that. */
  readonly mayFor: (right: EventRight) => boolean | Promise<boolean>;
}

/** What a caller may say of an event. */
type EventFields = Pick<SendOptions, "messageId" | "correlationId" | "groupId" | "ttlMs" | "traceparent">;

const FIELDS = ["messageId", "correlationId", "groupId", "ttlMs", "traceparent"] as const;

/**
 * The method `sendEvent(xml, fields)` of a service: parses, validates, checks the caller's right, and sends, in this order. It resolves when
 * the broker has accepted the event.
 *
 * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`
 */
export function sendEventMethod(
  url: string | readonly string[],
  { catalog, mayFor }: ServiceEventsOptions,
  connect: ConnectOptions,
): { readonly method: ServiceMethod; readonly close: () => Promise<void> } {
  if (typeof mayFor !== "function")
    throw new XqbusError("xqbus:illegal-argument", "option events.mayFor must be a function");
  const [{ domain }] = parseBusUrls(url);
  const publisher = EventPublisher.openLater(url, { ...withoutSignal(connect), catalog, validate: false });
  async function sendEvent(this: CallContext, xml: string, fields: EventFields = {}): Promise<null> {
    if (typeof xml !== "string") throw new XqbusError("xqbus:illegal-argument", "sendEvent takes an event as text");
    const event = readEvent(xml, {}, catalog);
    await checkEvent(event, catalog);
    const topic = `${domain}.event.${event.name}`;
    const { user, expiresAt, signal } = this;
    // Only true is a right: an object that says no is truthy, too.
    if (user === undefined || (await mayFor({ user, domain, event: event.name, topic })) !== true) {
      const who = user === undefined ? "a caller without user-id" : `user ${JSON.stringify(user)}`;
      throw new XqbusError("xqbus:not-permitted", `${who} has no right ${topic}:x, and so may not send the event`);
    }
    const limits = expiresAt === undefined ? {} : { timeoutMs: Math.max(1, expiresAt.getTime() - Date.now()) };
    await publisher.sendEvent(event, { ...fieldsOf(fields), ...limits, signal });
    return null;
  }
  return { method: sendEvent, close: () => publisher.close() };
}

/** The signal is about opening the service, and not about what is sent later. */
function withoutSignal(options: ConnectOptions): ConnectOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== "signal"));
}

/** Only what may be said of an event; the publisher checks the values. */
function fieldsOf(fields: EventFields): EventFields {
  if (typeof fields !== "object" || fields === null) return {};
  const own = FIELDS.filter((name) => Object.hasOwn(fields, name) && fields[name] !== null);
  return Object.fromEntries(own.map((name) => [name, fields[name]]));
}
