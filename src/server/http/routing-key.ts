import { routingKeysOf } from "../../amqp/index.ts";
import type { Catalog } from "../../schema/index.ts";
import { assertRoutingKey } from "../../tasklet/index.ts";
import { shown } from "../../assert-option.ts";
import type { Caller } from "./caller.ts";
import { Refusal } from "./refusal.ts";

/** Whose event a routing key is to be for. */
export interface KeyedEvent {
  readonly domain: string;
  /** The routing key of the event by its type. */
  readonly ownKey: string;
  readonly catalog: Catalog;
  readonly caller: Caller;
}

/**
 * The routing key of an event: the given one, else that of its type. Who may send events of certain types only may not send
 * one by the key of another type: there are receivers who look at nothing else.
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:not-permitted`
 */
export function routingKeyOf(key: string | undefined, { domain, ownKey, catalog, caller }: KeyedEvent): string {
  if (key === undefined || key === ownKey) return ownKey;
  assertRoutingKey(key);
  if (caller.grants.allowsAll("event:publish")) return key;
  const isOfType =
    key.startsWith(`${domain}.event.`) || routingKeysOf(domain, catalog, catalog.eventNames).includes(key);
  if (!isOfType) return key;
  throw new Refusal(
    403,
    "xqbus:not-permitted",
    `the routing key ${shown(key)} is that of another event type, which needs the scope event:publish without a pattern; the event's own is ${shown(ownKey)}`,
  );
}
