import type { Event } from "../event/index.ts";
import type { EventDelivery } from "./event-delivery.ts";

/** A key that others can be told: the message's property `group-id`, or the text of the first item that an XPath finds in the event. */
export type StatedOrder = "group-id" | { readonly xpath: string };

/**
 * The key within which events keep their order, stated or as a function says. Events without key (no such property, nothing found, undefined)
 * have no order.
 */
export type OrderBy = StatedOrder | ((event: Event, delivery: EventDelivery) => string | undefined);
