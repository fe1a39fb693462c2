import { textOf, XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import type { Filter } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { XmlLimits } from "../xml/index.ts";
import { checkEvent, readEvent } from "./check-event.ts";
import type { MatchedMessage } from "./matched-delivery.ts";
import { filterMessageOf } from "./filter-message.ts";
import { decodeMessage, type IncomingMessage } from "./message.ts";
import type { IncomingDelivery } from "./incoming-delivery.ts";

/** What a received message turned out to be. */
export type Inspection =
  | { readonly kind: "match"; readonly matched: MatchedMessage }
  | { readonly kind: "no-match" }
  /** Not an event, or not a valid one. */
  | { readonly kind: "invalid"; readonly error: XqbusError }
  /** The filter failed on it, which is no match. */
  | { readonly kind: "filter-error"; readonly error: XqbusError; readonly event: Event }
  /** The sender took it back. */
  | { readonly kind: "aborted" };

/** What a message is measured by. */
export interface InspectionOptions {
  readonly catalog?: Catalog;
  readonly limits: Partial<XmlLimits>;
  readonly maxMessageBytes: number;
}

/**
 * Decodes, parses, validates (with a catalog) and filters one message.
 *
 * @returns a promise only where the catalog validates a large event in its worker; it never rejects
 */
export function inspectDelivery(
  incoming: IncomingDelivery,
  filter: Filter,
  options: InspectionOptions,
): Inspection | Promise<Inspection> {
  if (incoming.fault === "aborted") return { kind: "aborted" };
  try {
    if (incoming.fault === "too-large") throw tooLarge(options.maxMessageBytes);
    const message = decodeMessage(incoming.message);
    const event = readEvent(message.document, options.limits, options.catalog);
    const inspect = (): Inspection => match(incoming, event, message, filter);
    const check = options.catalog === undefined ? undefined : checkEvent(event, options.catalog);
    return check === undefined ? inspect() : check.then(inspect).catch(refuse);
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): Inspection {
  return { kind: "invalid", error: asXqbusError(error) };
}

function match(incoming: IncomingDelivery, event: Event, message: IncomingMessage, filter: Filter): Inspection {
  try {
    const asked = filter.variables.length === 0 ? undefined : filterMessageOf(message);
    if (!incoming.isFiltered && !filter.matches(event.document, asked)) return { kind: "no-match" };
    return { kind: "match", matched: { incoming, event, properties: message.properties, filter, asked } };
  } catch (error) {
    return { kind: "filter-error", error: asXqbusError(error), event };
  }
}

/** A mistake of our own must not end the process for a message that somebody sent. */
function asXqbusError(error: unknown): XqbusError {
  if (error instanceof XqbusError) return error;
  return new XqbusError("xqbus:internal", `an event could not be handled: ${textOf(error)}; please report it`, {
    cause: error,
  });
}

function tooLarge(maxMessageBytes: number): XqbusError {
  return new XqbusError(
    "xqbus:limit-exceeded",
    `the message is larger than ${maxMessageBytes} bytes (option limits.maxBytes)`,
  );
}
