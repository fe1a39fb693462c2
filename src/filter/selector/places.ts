import type { EventPlace } from "../../schema/index.ts";
import { sameName, type ExpandedName } from "../../xml/index.ts";
import { presentCondition } from "./property-conditions.ts";
import type { Formula } from "./formula.ts";

/** Where in an event of one type an expression's nodes are. */
export type Location =
  | { readonly kind: "document" }
  | { readonly kind: "envelope" }
  | { readonly kind: "place"; readonly place: EventPlace };

/** What is known of the nodes that an expression gives. */
export interface Nodes {
  /** They are all at one place; undefined when that is not known. */
  readonly at: Location | undefined;
  /** What must be true of the message when there is one at least. */
  readonly holds: Formula;
  /** Whether they are all the nodes that are at the place. */
  readonly isExact: boolean;
}

export const UNKNOWN_NODES: Nodes = { at: undefined, holds: true, isExact: false };
/** There is never one. */
export const NO_NODES: Nodes = { at: undefined, holds: false, isExact: true };
export const DOCUMENT: Nodes = { at: { kind: "document" }, holds: true, isExact: true };

/** Places below an event element that are looked at, and how deep. */
const MAX_PLACES = 1000;
const MAX_DEPTH = 20;

/** The valid events of one type: an envelope, the event element in it, and what its type says. */
export class EventPlaces {
  readonly event: EventPlace;
  readonly #envelope: ExpandedName;
  #below: readonly EventPlace[] | undefined | "not read" = "not read";

  constructor(event: EventPlace, envelope: ExpandedName) {
    this.event = event;
    this.#envelope = envelope;
  }

  /** The children of this name; any element without a name. */
  child(from: Location, name: ExpandedName | undefined): Nodes {
    switch (from.kind) {
      case "document":
        return isNamed(this.#envelope, name) ? { ...DOCUMENT, at: { kind: "envelope" } } : NO_NODES;
      case "envelope":
        return isNamed(this.event.name, name) ? nodesAt(this.event) : NO_NODES;
      case "place":
        return name === undefined ? UNKNOWN_NODES : named(from.place.elements, name, from.place);
    }
  }

  attribute(from: Location, name: ExpandedName): Nodes {
    return from.kind === "place" ? named(from.place.attributes, name, from.place) : UNKNOWN_NODES;
  }

  /** The elements of this name below the document; unknown where there may be some at several places. */
  descendant(from: Location, name: ExpandedName): Nodes {
    if (from.kind !== "document") return UNKNOWN_NODES;
    const below = this.#allPlaces();
    if (below === undefined || sameName(this.#envelope, name)) return UNKNOWN_NODES;
    const [first, second] = below.filter((place) => sameName(place.name, name));
    if (first === undefined) return NO_NODES;
    return second === undefined ? nodesAt(first) : UNKNOWN_NODES;
  }

  /** Undefined where there may be others. */
  #allPlaces(): readonly EventPlace[] | undefined {
    if (this.#below === "not read") this.#below = placesIn(this.event);
    return this.#below;
  }
}

/** Of a type that contains itself there are two levels: so there are several places of each name that it has, and no new names below. */
function placesIn(event: EventPlace): readonly EventPlace[] | undefined {
  const found: EventPlace[] = [];
  const pending: { readonly place: EventPlace; readonly above: readonly object[] }[] = [{ place: event, above: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { place, above } = next;
    if (!place.isClosed || above.length > MAX_DEPTH || found.length >= MAX_PLACES) return undefined;
    found.push(place);
    if (above.filter((type) => type === place.type).length >= 2) continue;
    const types = [...above, place.type];
    for (const child of place.elements) pending.push({ place: child, above: types });
  }
  return found;
}

function named(places: readonly EventPlace[], name: ExpandedName, parent: EventPlace): Nodes {
  const place = places.find((each) => sameName(each.name, name));
  if (place !== undefined) return nodesAt(place);
  return parent.isClosed ? NO_NODES : UNKNOWN_NODES;
}

function nodesAt(place: EventPlace): Nodes {
  const holds = place.promoted === undefined ? true : presentCondition(place.promoted);
  return { at: { kind: "place", place }, holds, isExact: true };
}

function isNamed(actual: ExpandedName, name: ExpandedName | undefined): boolean {
  return name === undefined || sameName(actual, name);
}
