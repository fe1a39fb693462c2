import { XqbusError } from "../errors.ts";
import { defaultVocabulary } from "../schema/index.ts";
import { DeclaredName } from "./declared-name.ts";
import { DeclaredNames } from "./declared-names.ts";
import type { VocabularySource } from "./declared-names.ts";
import { ENVELOPE } from "./envelope.ts";
import { Event } from "./event.ts";
import { FactoryLookup } from "./factory-lookup.ts";
import { collectContent, makeElement } from "./make-element.ts";
import { MadeElement } from "./made-element.ts";
import type { MakerAttributes, MakerContent } from "./maker-content.ts";
import type { ShippedElementName } from "./shipped-element-names.ts";

/**
 * Makes an element of one name; see {@link MakerContent} for what it takes.
 *
 * @throws XqbusError `xqbus:illegal-content`, `xqbus:illegal-character`, `xqbus:illegal-name`, `xqbus:limit-exceeded`
 */
export type ElementFactory = (...content: MakerContent[]) => MadeElement;

/**
 * Makes the event: the envelope around exactly one element, encoded. Attributes of the envelope may stand on either side.
 *
 * @throws XqbusError `xqbus:illegal-content` when it is not exactly one element; and what an {@link ElementFactory} throws
 */
export interface EnvelopeFactory {
  (element: MadeElement): Event;
  (element: MadeElement, attributes: MakerAttributes): Event;
  (attributes: MakerAttributes, element: MadeElement): Event;
}

/** What every maker has besides the factories. */
export interface MakerMethods {
  readonly Event: EnvelopeFactory;

  /**
   * Makes an element of any declared name, also of those that have no factory: `Event`, `element`, and what JavaScript
   * itself looks up on objects (`then`, `toJSON`, `constructor`, `toString`, …). `{namespace}name` says which namespace is
   * meant where the catalog declares the name in several; `{}name` means none.
   *
   * @throws UnknownNameError `xqbus:unknown-name`; and what an {@link ElementFactory} throws
   */
  readonly element: (name: string, ...content: MakerContent[]) => MadeElement;
}

/** One factory for each name. */
export type ElementFactories<Name extends string> = {
  readonly [N in Exclude<Name, keyof MakerMethods | "then">]: ElementFactory;
};

/**
 * Writes events without writing XML: one factory per element name that the catalog declares.
 *
 *     const e = EventMaker();
 *     const event = e.Event(e.PhoneStatus(e.CallerId("012345"), e.ReceiverId("12343424"), e.Status("busy")));
 *
 * A name that the catalog does not declare is refused when it is looked up (UnknownNameError, with the name that was
 * probably meant). Names that are no identifiers: `e["my-name"]`. What belongs where is not checked here but by validation.
 *
 * The type parameter lists element names for the compiler. Without it every name is a factory; but with the compiler option
 * `noUncheckedIndexedAccess` a name that xqbus does not ship is then possibly undefined, so list your own:
 * `EventMaker<"DoorOpened" | "Door">(catalog)`.
 */
export type EventMaker<Name extends string = string> = MakerMethods &
  ElementFactories<Name> &
  (string extends Name ? ElementFactories<ShippedElementName> : unknown);

/** With `new` and without. Without argument the names are those of the default directories. */
export interface EventMakerConstructor {
  new <Name extends string = string>(names?: VocabularySource): EventMaker<Name>;
  <Name extends string = string>(names?: VocabularySource): EventMaker<Name>;
  readonly prototype: object;
}

/** Makes an {@link EventMaker}. */
export const EventMaker: EventMakerConstructor = function EventMaker(source?: VocabularySource): EventMaker {
  const names = new DeclaredNames(source ?? defaultVocabulary());
  const envelope = new DeclaredName(ENVELOPE, [names.namespace]);
  const prototype: object = new Proxy(
    Object.create(EventMaker.prototype as object) as object,
    new FactoryLookup(names),
  );
  return Object.create(prototype, {
    Event: { value: (...content: unknown[]) => wrap(envelope, content) },
    element: { value: (name: string, ...content: MakerContent[]) => makeElement(names.get(name), content) },
  }) as EventMaker;
} as EventMakerConstructor;

function wrap(envelope: DeclaredName, content: readonly unknown[]): Event {
  const { attributes, parts, depth } = collectContent(ENVELOPE, content);
  const [event] = parts;
  if (parts.length !== 1 || !(event instanceof MadeElement)) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `an Event holds exactly one event; found ${describeParts(parts)}, give one element`,
    );
  }
  const { namespace } = envelope.below("");
  const text = MadeElement.create(envelope, attributes, parts, depth).markupBelow("");
  return Event.ofMarkup(text, event.name, event.namespaceBelow(namespace));
}

function describeParts(parts: readonly (string | MadeElement)[]): string {
  if (parts.length === 0) return "nothing";
  if (parts.some((part) => typeof part === "string")) return "text";
  return `${parts.length} elements`;
}
