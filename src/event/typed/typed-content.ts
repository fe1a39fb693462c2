import type { Event } from "../event.ts";
import type { Events as ShippedEvents } from "../shipped-events.ts";
import type { EventTypes } from "./event-types.ts";

/** Name and content of an event as generated types declare them: the name tells the compiler what the content is. */
export type TypedContent<Types extends EventTypes> = {
  readonly [Name in keyof Types["events"]]: { readonly name: Name; readonly content: Types["events"][Name] };
}[keyof Types["events"]];

/**
 * The content of an event with the types that `xqbus schema types` declares, by default the shipped ones:
 *
 *     const { name, content } = typedContent<Events>(event);
 *     if (name === "PhoneStatus") console.log(content.CallerId);
 *
 * Nothing is checked: the types hold for events that are valid against the catalog, such as consumers get them. A name that
 * is not among the types may come when the catalog has more of them.
 */
export function typedContent<Types extends EventTypes = ShippedEvents>(event: Event): TypedContent<Types> {
  return { name: event.name, content: event.content } as unknown as TypedContent<Types>;
}
