import { eventNameOf, findEvent } from "../model/event-name.ts";
import { internName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { readAnnotatedEvent, type AnnotatedEvent } from "./annotated-event.ts";
import { Fields } from "./fields.ts";

/** The annotations of the event types of one schema; each event type is read when it is first asked for. */
export class SchemaAnnotations {
  readonly #model: SchemaModel;
  readonly #events = new Map<string, AnnotatedEvent>();
  readonly fields: Fields;

  constructor(model: SchemaModel) {
    this.#model = model;
    this.fields = new Fields(model.table);
  }

  /**
   * What the annotations of an event type come to; undefined when it is none of this schema.
   *
   * @param namespace of the event element; default: the catalog's
   */
  event(name: string, namespace?: string): AnnotatedEvent | undefined {
    const { table, namespace: home } = this.#model;
    const eventName = namespace === undefined ? name : eventNameOf(internName(namespace, name), home);
    const key = `${namespace === undefined ? "any" : "exactly"} ${eventName}`;
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    const declaration = findEvent(this.#model, eventName);
    if (declaration === undefined || (namespace ?? declaration.name.namespace) !== declaration.name.namespace) {
      return undefined;
    }
    const event = readAnnotatedEvent(declaration, table, this.fields);
    this.#events.set(key, event);
    return event;
  }
}

/** The annotations of a schema; read once for each. */
export function annotationsOf(model: SchemaModel): SchemaAnnotations {
  let annotations = made.get(model.table);
  if (annotations === undefined) {
    annotations = new SchemaAnnotations(model);
    made.set(model.table, annotations);
  }
  return annotations;
}

const made = new WeakMap<ComponentTable, SchemaAnnotations>();
