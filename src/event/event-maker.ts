import { XqbusError } from "../errors.ts";
import { defaultVocabulary } from "../schema/index.ts";
import { DeclaredName } from "./declared-name.ts";
import { DeclaredNames } from "./declared-names.ts";
import type { VocabularySource } from "./declared-names.ts";
import { ENVELOPE } from "./envelope.ts";
import { Event } from "./event.ts";
import { FactoryLookup } from "./factory-lookup.ts";
import { attributesMarkup } from "./attributes-markup.ts";
import type { ElementFactory } from "./element-factory.ts";
import { collectContent, createElement, makeElement } from "./make-element.ts";
import { MadeElement } from "./made-element.ts";
import type { MakerAttributes, MakerContent } from "./maker-content.ts";
import { isModelSource } from "./object/model-source.ts";
import type { ModelSource } from "./object/model-source.ts";
import type { Events as ShippedEvents } from "./shipped-events.ts";
import type { EventTypes } from "./typed/event-types.ts";
import type { TypedFactory } from "./typed/typed-factory.ts";

/**
 * Makes the event: the envelope around exactly one element, encoded. Attributes of the envelope may stand on either side.
 *
 * @throws XqbusError `xqbus:illegal-content` when it is not exactly one element; and what an {@link ElementFactory} throws
 */
export interface EnvelopeFactory<Name extends string = string> {
  (element: MadeElement<Name>): Event;
  (element: MadeElement<Name>, attributes: MakerAttributes): Event;
  (attributes: MakerAttributes, element: MadeElement<Name>): Event;
}

/** What every maker has besides the factories. */
export interface MakerMethods<EventName extends string = string> {
  readonly Event: EnvelopeFactory<EventName>;

  /**
   * Makes an element of any declared name, also of those that have no factory: `Event`, `element`, and what JavaScript
   * itself looks up on objects (`then`, `toJSON`, `constructor`, `toString`, …). `{namespace}name` says which namespace is
   * meant where the catalog declares the name in several; `{}name` means none.
   *
   * @throws UnknownNameError `xqbus:unknown-name`; and what an {@link ElementFactory} throws
   */
  readonly element: <Name extends string>(name: Name, ...content: MakerContent[]) => MadeElement<LocalName<Name>>;
}

type LocalName<Name extends string> = Name extends `{${string}}${infer Local}` ? Local : Name;

/** The names that are no factories. */
type NoFactory = keyof MakerMethods | "then";

/** One factory for each name. */
export type ElementFactories<Name extends string> = {
  readonly [N in Exclude<Name, NoFactory>]: ElementFactory<N>;
};

/** One factory for each element that generated types declare. */
export type TypedFactories<Types extends EventTypes> = {
  readonly [N in keyof Types["elements"] as Exclude<N, NoFactory>]: TypedFactory<N & string, Types["elements"][N]>;
};

/**
 * Writes events without writing XML: one factory per element name that the catalog declares.
 *
 *     const e = EventMaker();
 *     const event = e.Event(e.PhoneStatus({ CallerId: "012345", ReceiverId: "12343424", Status: "busy" }));
 *     const same = e.Event(e.PhoneStatus(e.CallerId("012345"), e.ReceiverId("12343424"), e.Status("busy")));
 *
 * An object gives the fields in any order and is written in the order of the schema (see {@link MakerObject}); elements are
 * written in the order in which they are given. A name that the catalog does not declare is refused when it is looked up
 * (UnknownNameError, with the name that was probably meant). Names that are no identifiers: `e["my-name"]`. What belongs
 * where and which values are allowed, the compiler and validation check, not the maker.
 *
 * The type parameter says what the compiler knows:
 *
 * - `EventMaker<Events>(catalog)`, with `Events` out of the file that `xqbus schema types --out events.d.ts` writes: the names
 *   and their content; a wrong name, a wrong value or a missing field does not compile
 * - `EventMaker<"DoorOpened" | "Door">(catalog)`: names only; `EventMaker<Events | "Door">(catalog)`: a name more
 * - `EventMaker(catalog)`: all names; but with the compiler option `noUncheckedIndexedAccess` a name that xqbus does not ship
 *   is then possibly undefined
 * - `EventMaker()`: the shipped names and their content, and all other names
 */
export type EventMaker<Types extends EventTypes | string = ShippedEvents | string> = MakerMethods<EventName<Types>> &
  FactoriesOf<Exclude<Types, string>, Extract<Types, string>>;

/** The element names that may stand in the envelope: all, unless there are generated types and no other names. */
type EventName<Types extends EventTypes | string> = [Extract<Types, string>] extends [never]
  ? Types extends EventTypes
    ? keyof Types["events"] & string
    : never
  : string;

type FactoriesOf<Types extends EventTypes, Name extends string> = [Types] extends [never]
  ? ElementFactories<Name> & (string extends Name ? ElementFactories<ShippedElementName> : unknown)
  : TypedFactories<Types> &
      ElementFactories<string extends Name ? Name : Exclude<Name, keyof Types["elements"] & string>>;

/** The local name of an element that xqbus ships. */
export type ShippedElementName = keyof ShippedEvents["elements"];

/** With `new` and without. Without argument the names are those of the default directories. */
export interface EventMakerConstructor {
  new (): EventMaker;
  new <Types extends EventTypes | string = string>(names?: VocabularySource): EventMaker<Types>;
  (): EventMaker;
  <Types extends EventTypes | string = string>(names?: VocabularySource): EventMaker<Types>;
  readonly prototype: object;
}

/** Makes an {@link EventMaker}. */
export const EventMaker: EventMakerConstructor = function EventMaker(source?: VocabularySource): EventMaker {
  const names = new DeclaredNames(source ?? defaultVocabulary());
  const envelope = new DeclaredName(ENVELOPE, [names.namespace]);
  const types = isModelSource(source) ? source : undefined;
  const prototype: object = new Proxy(
    Object.create(EventMaker.prototype as object) as object,
    new FactoryLookup(names),
  );
  return Object.create(prototype, {
    Event: { value: (...content: unknown[]) => wrap(envelope, content, types) },
    element: { value: (name: string, ...content: MakerContent[]) => makeElement(names.get(name), content, names) },
  }) as EventMaker;
} as EventMakerConstructor;

function wrap(envelope: DeclaredName, content: readonly unknown[], types: ModelSource | undefined): Event {
  const { entries, parts } = collectContent(ENVELOPE, content);
  const [event] = parts;
  if (parts.length !== 1 || !MadeElement.is(event)) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `an Event holds exactly one event; found ${describeParts(parts)}, give one element`,
    );
  }
  const { namespace } = envelope.below("");
  const text = createElement(envelope, attributesMarkup(entries, ENVELOPE), parts).markupBelow("");
  return Event.ofMarkup(text, event.name, event.namespaceBelow(namespace), types);
}

function describeParts(parts: readonly (string | MadeElement)[]): string {
  if (parts.length === 0) return "nothing";
  if (parts.some((part) => typeof part === "string")) return "text";
  return `${parts.length} elements`;
}
