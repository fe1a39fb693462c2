import type { Event } from "../event/index.ts";
import {
  eventNameOf,
  eventWordOf,
  eventWords,
  findEvent,
  nearestName,
  UnknownNameError,
  type SchemaModel,
} from "../schema/index.ts";

/** What stands for all event types. */
export const ALL_TYPES = "*";

/** Event types of a catalog, as the user has named them. */
export interface ResolvedTypes {
  /** Names of event types as in `eventNames`; "all" without a restriction. */
  readonly names: readonly string[] | "all";
  /** Those that the catalog does not have. */
  readonly unknown: readonly string[];
}

/** The event types of a catalog by what names them: their words, and their names. */
export class EventTypes {
  readonly model: SchemaModel;
  /** The names of the event types of a word, which may be several. */
  readonly #byWord: Map<string, string[]> = new Map();
  readonly #wordOf: ReadonlyMap<string, string>;

  constructor(model: SchemaModel) {
    this.model = model;
    this.#wordOf = eventWords(model);
    for (const [name, word] of this.#wordOf) this.#byWord.set(word, [...(this.#byWord.get(word) ?? []), name]);
  }

  /** What the event types come to; those that there are not any more are told. */
  resolve(eventTypes: readonly string[]): ResolvedTypes {
    if (eventTypes.length === 0 || eventTypes.includes(ALL_TYPES)) return { names: "all", unknown: [] };
    const names = new Set<string>();
    const unknown: string[] = [];
    for (const type of eventTypes) {
      const found = this.#namesOf(type);
      if (found.length === 0) unknown.push(type);
      for (const name of found) names.add(name);
    }
    return { names: [...names], unknown };
  }

  /** @throws UnknownNameError with a suggestion for the first that the catalog does not have */
  assertKnown(eventTypes: readonly string[]): void {
    const [unknown] = this.resolve(eventTypes).unknown;
    if (unknown === undefined) return;
    const near = nearestName(unknown, [...this.#byWord.keys(), ...this.model.eventNames]);
    throw new UnknownNameError(unknown, "an event type of this catalog", near);
  }

  /** How the outside calls the type of an event, see `eventWordOf`. */
  wordOf(event: Event): string {
    return eventWordOf(event, this.model);
  }

  /** The name of an event's type as in `eventNames`. */
  nameOf(event: Event): string {
    return eventNameOf(event.element.name, this.model.namespace);
  }

  /** What the types that these words mean are shown as; "all" without a restriction. A word that the catalog does not have stays. */
  shownTypes(eventTypes: readonly string[]): readonly string[] | "all" {
    if (this.resolve(eventTypes).names === "all") return "all";
    return eventTypes.flatMap((type) => {
      const names = this.#namesOf(type);
      return names.length === 0 ? [type] : names.map((name) => this.#wordOf.get(name) ?? name);
    });
  }

  #namesOf(type: string): readonly string[] {
    const byWord = this.#byWord.get(type);
    if (byWord !== undefined) return byWord;
    const declaration = findEvent(this.model, type);
    return declaration === undefined ? [] : [eventNameOf(declaration.name, this.model.namespace)];
  }
}
