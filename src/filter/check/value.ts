import type { NumberRange, PossibleElement, PossibleText, TextFamily } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { NO_EVENTS, type EventSet } from "./event-set.ts";

/** What the atomic values of one kind may be; `untyped` are the values of elements and attributes. */
export type ValueKind = TextFamily | "boolean" | "untyped" | "other";

/** An atomic value of which something is known. */
export interface AtomicItem {
  readonly kind: "atomic";
  readonly events: EventSet;
  /** `other` where nothing is known. */
  readonly type: ValueKind;
  /** The one value that it is. Of numbers, `numbers` has it. */
  readonly constant?: string | boolean;
  /** The element or attribute that the value was read from. */
  readonly text?: PossibleText;
  /** How that is called. */
  readonly origin?: string;
  /** Of numbers: which they may be. */
  readonly numbers?: NumberRange;
}

/** A node of a valid document of which something is known. */
export type NodeItem =
  | { readonly kind: "document"; readonly events: EventSet }
  | { readonly kind: "element"; readonly events: EventSet; readonly element: PossibleElement }
  /** Of any name and with any content: what only a wildcard lets in. */
  | { readonly kind: "anyElement"; readonly events: EventSet }
  | { readonly kind: "attribute"; readonly events: EventSet; readonly name: ExpandedName; readonly text: PossibleText }
  /** An attribute of which nothing is known, a text, a comment, a processing instruction, a namespace. */
  | { readonly kind: "leaf"; readonly events: EventSet };

/**
 * What one item of a sequence may be, and in documents of which event types. One that can be in none is kept: steps from it are
 * still looked at.
 */
export type Item =
  NodeItem | AtomicItem | { /** Anything at all. */ readonly kind: "anything"; readonly events: EventSet };

/**
 * All sequences that an expression may give for the valid documents: each of their items is one of these. Never too small, so
 * that what is not in it cannot be.
 */
export interface Value {
  readonly items: readonly Item[];
  /** In documents of which event types the sequence may be empty. */
  readonly empty: EventSet;
}

/** The range of NaN, which is no number. */
export const NO_NUMBER: NumberRange = { min: Infinity, max: -Infinity, isInteger: false };

/** For event types without any: nothing, not even the empty sequence. */
export const IMPOSSIBLE: Value = { items: [], empty: NO_EVENTS };

/** One item, always there. */
export function oneOf(...items: readonly Item[]): Value {
  return { items, empty: NO_EVENTS };
}

/** Any sequence at all. */
export function anything(events: EventSet): Value {
  return { items: [{ kind: "anything", events }], empty: events };
}

/** One atomic value of a type. */
export function atomic(type: ValueKind, events: EventSet, more: Omit<Partial<AtomicItem>, "kind"> = {}): AtomicItem {
  return { kind: "atomic", events, type, ...more };
}

/** True in documents of some event types, and false in those of some. */
export function truth(whenTrue: EventSet, whenFalse: EventSet): Value {
  const items = [
    ...(whenTrue === NO_EVENTS ? [] : [atomic("boolean", whenTrue, { constant: true })]),
    ...(whenFalse === NO_EVENTS ? [] : [atomic("boolean", whenFalse, { constant: false })]),
  ];
  return { items, empty: NO_EVENTS };
}

/** The event types in whose documents there is an item. */
export function eventsOf({ items }: Value): EventSet {
  return items.reduce((all, { events }) => all | events, NO_EVENTS);
}

/** The same for documents of these event types only. */
export function restrict({ items, empty }: Value, events: EventSet): Value {
  return { items: items.map((item) => within(item, events)), empty: empty & events };
}

/** An item in documents of these event types only. */
export function within<I extends Item>(item: I, events: EventSet): I {
  return (item.events & events) === item.events ? item : { ...item, events: item.events & events };
}

/** Either of several. */
export function either(...values: readonly Value[]): Value {
  return {
    items: merged(values.flatMap(({ items }) => items)),
    empty: values.reduce((all, { empty }) => all | empty, NO_EVENTS),
  };
}

/** All of several, one behind the other. */
export function concatenation(values: readonly Value[], events: EventSet): Value {
  return {
    items: merged(values.flatMap(({ items }) => items)),
    empty: values.reduce((all, { empty }) => all & empty, events),
  };
}

/** Items that say the same of documents of different event types become one. */
export function merged(items: readonly Item[]): readonly Item[] {
  if (items.length < 2) return items;
  const byKey = new Map<unknown, Item>();
  for (const item of items) {
    const key = keyOf(item);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? item : { ...known, events: known.events | item.events });
  }
  return byKey.size === items.length ? items : [...byKey.values()];
}

function keyOf(item: Item): unknown {
  switch (item.kind) {
    case "element":
      return item.element;
    case "attribute":
      return item.text;
    case "atomic":
      return item.text === undefined && item.numbers === undefined
        ? `${item.type} ${JSON.stringify(item.constant)}`
        : item;
    default:
      return item.kind;
  }
}

/** In documents of which event types a value is true, and false (XPath 3.1, section 2.4.3: effective boolean value). */
export interface Truth {
  readonly whenTrue: EventSet;
  readonly whenFalse: EventSet;
}

/** The effective boolean value. */
export function truthOf({ items, empty }: Value): Truth {
  let whenTrue = NO_EVENTS;
  let whenFalse = empty;
  for (const item of items) {
    const { always, never } = isTruthy(item);
    if (!never) whenTrue |= item.events;
    if (!always) whenFalse |= item.events;
  }
  return { whenTrue, whenFalse };
}

function isTruthy(item: Item): { readonly always: boolean; readonly never: boolean } {
  if (item.kind === "anything") return { always: false, never: false };
  if (item.kind !== "atomic") return { always: true, never: false };
  if (item.constant !== undefined) return { always: Boolean(item.constant), never: !item.constant };
  if (item.numbers === undefined || item.text !== undefined) return { always: false, never: false };
  const { min, max } = item.numbers;
  if (min > max) return { always: false, never: true };
  return { always: min > 0 || max < 0, never: min === 0 && max === 0 };
}
