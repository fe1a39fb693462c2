import { XqbusError } from "../../../errors.ts";
import { NULL, list, symbol, ulong } from "../../protocol/codec/amqp-value.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { decodeValue } from "../../protocol/codec/decode-value.ts";
import { encodeValue } from "../../protocol/codec/encode-value.ts";
import type { Filter } from "../../protocol/nodes.ts";
import type { QueueDefinition } from "../../store/message-store.ts";
import { readLinkFilters } from "../filter/link-filters.ts";
import type { LinkFilters } from "../filter/link-filters.ts";

/** What of a kept subscription is on disk. */
export interface StoredSubscription {
  readonly topic: string;
  readonly key: string;
  /** Names it in messages for people. */
  readonly label: string;
  readonly shared: boolean;
  readonly filters: LinkFilters;
}

/** Filters of the link that is not attached: no connection has this number. */
const NO_CONNECTION = -1;

interface Settings {
  readonly topic: string;
  readonly key: string;
  readonly label: string;
  readonly shared: boolean;
  /** Filters as an AMQP list of triples (name, descriptor, value), in base64. */
  readonly filters: string;
}

/** How a subscription is written. */
export function subscriptionDefinition({ filters, ...rest }: StoredSubscription): QueueDefinition {
  const settings: Settings = { ...rest, filters: encodeValue(list(filters.asked.map(filterValue))).toString("base64") };
  return {
    kind: "subscription",
    name: JSON.stringify([rest.topic, rest.key]),
    settings: JSON.stringify(settings),
  };
}

/** @throws XqbusError `xqbus:store-damaged` for filters that this release does not understand */
export function readSubscription({ settings }: QueueDefinition): StoredSubscription {
  const { filters: encoded, ...rest } = JSON.parse(settings) as Settings;
  const value = decodeValue(Buffer.from(encoded, "base64"));
  const filters =
    value.type === "list" ? readLinkFilters(value.value.map(filterOf), NO_CONNECTION) : { invalid: "no list" };
  if ("invalid" in filters) {
    throw new XqbusError(
      "xqbus:store-damaged",
      `the ${rest.label} cannot be used again: ${filters.invalid}; start the release that made it, and close or change it there`,
    );
  }
  return { ...rest, filters };
}

function filterValue({ name, descriptor, value }: Filter): AmqpValue {
  return list([symbol(name), descriptorValue(descriptor), value]);
}

function descriptorValue(descriptor: Filter["descriptor"]): AmqpValue {
  if (descriptor === undefined) return NULL;
  return typeof descriptor === "bigint" ? ulong(descriptor) : symbol(descriptor);
}

function filterOf({ value }: AmqpValue): Filter {
  const [name, descriptor, content] = value as readonly AmqpValue[];
  const known = descriptor?.type === "ulong" || descriptor?.type === "symbol" ? descriptor.value : undefined;
  return { name: name?.type === "symbol" ? name.value : "", descriptor: known, value: content ?? NULL };
}
