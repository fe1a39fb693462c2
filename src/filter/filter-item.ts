import { XmlAttribute, XmlDocument, XmlElement, documentOf, stringValue, type XmlNode } from "../xml/index.ts";
import { TreeBuilder } from "./evaluate/expressions/constructors/tree-builder.ts";
import type { Budget } from "./evaluate/budget.ts";
import { ArrayItem } from "./values/array-item.ts";
import { DATE, DATE_TIME, TIME } from "./values/atomic-type.ts";
import { textOf } from "./values/cast.ts";
import { DateTimeValue, instantOf } from "./values/date-time-value.ts";
import { DecimalValue } from "./values/decimal-value.ts";
import { FloatValue } from "./values/float-value.ts";
import { IntegerValue } from "./values/integer-value.ts";
import { isAtomic, type AtomicValue, type Item, type Sequence } from "./values/item.ts";
import { MapItem } from "./values/map-item.ts";
import { isNode } from "./values/match-type.ts";
import { Holder } from "./values/parent-of.ts";
import { QNameValue } from "./values/qname-value.ts";
import { QueryError } from "./values/query-error.ts";

/**
 * One item of a result sequence.
 *
 * - A node of the event is that node of the event's tree. An element that the query constructs is the document element of a
 *   new tree. A constructed attribute, text, comment or processing instruction, which no tree can hold alone, is its string.
 * - Numbers are numbers where that is exact; integers beyond 2^53 are `bigint`, decimals that no number writes exactly are their
 *   lexical form.
 * - Strings, `xs:anyURI`, binary values and `xs:untypedAtomic` are strings; a QName is `Q{namespace}local`; durations and parts of
 *   dates (`xs:gYear` …) are their lexical form.
 * - `xs:dateTime`, `xs:date` and `xs:time` are `Date`, UTC where they have no time zone; a time alone is on 1972-12-31.
 * - An array of the query is an array, a map an object, both frozen; an empty member is null, one of several items an array.
 */
export type FilterItem =
  XmlNode | string | number | bigint | boolean | Date | readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * Makes the engine's item one for users.
 *
 * @throws QueryError FOTY0013 for a function
 */
export function toFilterItem(item: Item, budget: Budget): FilterItem {
  if (isAtomic(item)) return fromAtomic(item);
  if (isNode(item)) return fromNode(item, budget);
  if (item instanceof ArrayItem) return Object.freeze(item.members.map((member) => fromMember(member, budget)));
  if (item instanceof MapItem) {
    const entries = [...item.entries].map(({ key, value }) => [textOf(key), fromMember(value, budget)] as const);
    return Object.freeze(Object.fromEntries(entries));
  }
  throw new QueryError("FOTY0013", "a function is no value that a filter can give back");
}

function fromMember(items: Sequence, budget: Budget): unknown {
  const [only] = items;
  if (only === undefined) return null;
  return items.length === 1 ? toFilterItem(only, budget) : items.map((item) => toFilterItem(item, budget));
}

function fromAtomic(value: AtomicValue): FilterItem {
  if (typeof value === "bigint") return fromInteger(value);
  if (typeof value !== "object") return value;
  if (value instanceof IntegerValue) return fromInteger(value.value);
  if (value instanceof FloatValue) return value.value;
  if (value instanceof DecimalValue) return fromDecimal(value);
  if (value instanceof DateTimeValue && [DATE_TIME, DATE, TIME].includes(value.type.primitive!)) return toDate(value);
  if (value instanceof QNameValue) return `Q{${value.name.namespace}}${value.name.localName}`;
  return value.toString();
}

function fromInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A double has fifteen decimal digits that it always keeps. */
function fromDecimal(value: DecimalValue): number | string {
  const text = value.toString();
  return text.replaceAll(/[-.]/g, "").replace(/^0+/, "").length <= 15 ? Number(text) : text;
}

function toDate(value: DateTimeValue): Date {
  const { unscaled, scale } = instantOf(value, 0);
  return new Date(Number((unscaled * 1000n) / 10n ** BigInt(scale)));
}

function fromNode(node: XmlNode, budget: Budget): FilterItem {
  if (!(documentOf(node) instanceof Holder)) return node;
  if (!(node instanceof XmlElement)) return node instanceof XmlAttribute ? node.value : stringValue(node);
  if (node.parent instanceof XmlDocument) return node;
  const copy = new Holder("");
  new TreeBuilder(budget).copy(copy, node, { preserves: true, inherits: false });
  return copy.documentElement;
}
