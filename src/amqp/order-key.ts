import { illegalOption } from "../assert-option.ts";
import { compileFilter, type FilterItem } from "../filter/index.ts";
import { stringValue, type XmlNode } from "../xml/index.ts";
import type { MatchedDelivery } from "./matched-delivery.ts";
import type { OrderBy } from "./order-by.ts";

/**
 * The function that gives an event's key.
 *
 * @throws FilterError the XPath does not compile; XqbusError `xqbus:illegal-argument`
 */
export function orderKey(
  orderBy: OrderBy,
  defaultElementNamespace: string | undefined,
): (delivery: MatchedDelivery) => string | undefined {
  if (orderBy === "group-id") return ({ properties }) => properties.groupId;
  if (typeof orderBy === "object" && orderBy !== null && typeof orderBy.xpath === "string") {
    const namespace = defaultElementNamespace === undefined ? {} : { defaultElementNamespace };
    const path = compileFilter(orderBy.xpath, { language: "xpath", ...namespace });
    return ({ event }) => textOf(path.evaluate(event.document)[0]);
  }
  if (typeof orderBy === "function") return (delivery) => orderBy(delivery.event, delivery);
  throw illegalOption('orderBy must be "group-id", { xpath: "…" } or a function');
}

function textOf(item: FilterItem | undefined): string | undefined {
  if (item === undefined) return undefined;
  if (typeof item !== "object") return String(item);
  return isNode(item) ? stringValue(item) : JSON.stringify(item);
}

function isNode(item: object): item is XmlNode {
  return "nodeType" in item;
}
