import { illegalOption } from "../assert-option.ts";
import { compileFilter, type FilterItem } from "../filter/index.ts";
import { stringValue, type XmlNode } from "../xml/index.ts";
import type { MatchedDelivery } from "./matched-delivery.ts";
import type { OrderBy, StatedOrder } from "./order-by.ts";

/** What a key is read of. */
type Keyed = Pick<MatchedDelivery, "event" | "properties">;

/**
 * The function that gives an event's key, by what can be said without a program.
 *
 * @throws FilterError the XPath does not compile; XqbusError `xqbus:illegal-argument`
 */
export function statedKey(
  orderBy: StatedOrder,
  defaultElementNamespace: string | undefined,
): (delivery: Keyed) => string | undefined {
  if (orderBy === "group-id") return ({ properties }) => properties.groupId;
  if (typeof orderBy === "object" && orderBy !== null && typeof orderBy.xpath === "string") {
    const namespace = defaultElementNamespace === undefined ? {} : { defaultElementNamespace };
    const path = compileFilter(orderBy.xpath, { language: "xpath", ...namespace });
    return ({ event }) => textOf(path.evaluate(event.document)[0]);
  }
  throw illegalOption('orderBy must be "group-id", { xpath: "…" } or a function');
}

/**
 * The function that gives an event's key.
 *
 * @throws FilterError the XPath does not compile; XqbusError `xqbus:illegal-argument`
 */
export function orderKey(
  orderBy: OrderBy,
  defaultElementNamespace: string | undefined,
): (delivery: MatchedDelivery) => string | undefined {
  if (typeof orderBy === "function") return (delivery) => orderBy(delivery.event, delivery);
  return statedKey(orderBy, defaultElementNamespace);
}

function textOf(item: FilterItem | undefined): string | undefined {
  if (item === undefined) return undefined;
  if (typeof item !== "object") return String(item);
  return isNode(item) ? stringValue(item) : JSON.stringify(item);
}

function isNode(item: object): item is XmlNode {
  return "nodeType" in item;
}
