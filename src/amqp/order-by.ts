import type { Event } from "../event/index.ts";
import type { EventDelivery } from "./event-delivery.ts";

/**
 * The key within which events keep their order: the message's property `group-id`, the text of the first item that an XPath finds in
 * the event, or what a function says. Events without key (no such property, nothing found, undefined) have no order.
 */
export type OrderBy =
  "group-id" | { readonly xpath: string } | ((event: Event, delivery: EventDelivery) => string | undefined);
