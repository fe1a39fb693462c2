import { eventNameOf, getEvent } from "../model/event-name.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { annotationsOf } from "./annotations-of.ts";

/** What tells which event type an event is of: the local name and the namespace of its element. */
export interface EventTypeName {
  readonly name: string;
  readonly namespace: string;
}

/** The one word by which people, listeners and rights call an event type: the annotation `type`, else its name as in `eventNames`. */
export function eventWordOf({ name, namespace }: EventTypeName, model: SchemaModel): string {
  const type = annotationsOf(model).event(name, namespace)?.annotations.type;
  return type ?? eventNameOf({ localName: name, namespace }, model.namespace);
}

/** The word of each event type of a schema, by its name as in `eventNames`. */
export function eventWords(model: SchemaModel): ReadonlyMap<string, string> {
  return new Map(
    model.eventNames.map((eventName) => {
      const { localName, namespace } = getEvent(model, eventName).name;
      return [eventName, eventWordOf({ name: localName, namespace }, model)];
    }),
  );
}
