import type { XmlNode } from "../xml/index.ts";
import { ConstructedElement, ConstructedLeaf } from "./constructed-nodes.ts";
import type { FontoxpathItem } from "./fontoxpath.ts";

/**
 * One item of a result sequence.
 *
 * - A node of the event is that node of the event's tree. An element that the query constructs is the document element of a
 *   new tree. A constructed attribute, text, comment or processing instruction, which no tree can hold alone, is its string.
 * - Strings, `xs:anyURI`, binary values and `xs:untypedAtomic` are strings; a QName is `Q{namespace}local`; a duration is its
 *   lexical form (`P1DT2H`); all numbers are numbers.
 * - Dates and times are `Date`, UTC where they have no time zone; a time alone is on 1972-12-31.
 * - An array of the query is an array, a map an object, both frozen; an empty member is null.
 */
export type FilterItem =
  XmlNode | string | number | boolean | Date | readonly unknown[] | Readonly<Record<string, unknown>>;

/** A value that the engine has a class of its own for (durations). */
interface EngineValue {
  /** The lexical form of XML Schema. */
  toString(): string;
}

/** Thrown for an item that has no form outside the engine. */
export class NoValueError extends Error {}

/**
 * Makes the engine's item one of ours.
 *
 * @throws NoValueError for a function; XqbusError when a constructed element cannot be written as XML
 */
export function toFilterItem(item: FontoxpathItem): FilterItem {
  if (item instanceof ConstructedElement) return item.toElement();
  if (item instanceof ConstructedLeaf) return item.data;
  if (typeof item === "function") throw new NoValueError("a function is no value that a filter can give back");
  if (typeof item !== "object" || item === null || item instanceof Date || "nodeType" in item)
    return item as FilterItem;
  if (Array.isArray(item)) return Object.freeze(item.map(toMember));
  if (Object.getPrototypeOf(item) !== Object.prototype) return (item as EngineValue).toString();
  return Object.freeze(Object.fromEntries(Object.entries(item).map(([key, value]) => [key, toMember(value)])));
}

function toMember(item: FontoxpathItem): FilterItem | null {
  return item === null ? null : toFilterItem(item);
}
