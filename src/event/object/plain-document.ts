import { annotationsOf, shapesOf } from "../../schema/index.ts";
import type { SchemaModel, Shape } from "../../schema/index.ts";
import { documentName } from "../../xml/index.ts";
import { Event } from "../event.ts";
import { setOwn } from "./event-content.ts";
import type { ContentValue, EventContent } from "./event-content.ts";
import { modelOf } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";
import type { JsonEvent } from "./named-content.ts";
import { parseName } from "./names.ts";
import { PlainReader } from "./plain-reader.ts";
import { toObject } from "./to-object.ts";

/** An event as receivers that know no schema read it: `{ "event_type": "repo.sync.start", "payload": { … }, … }`. */
export interface PlainDocument {
  readonly event_type: string;
  readonly payload: ContentValue;
  readonly [key: string]: ContentValue;
}

/**
 * The event as plain JSON for notifications, as `docs/json.md` says ("Plain JSON"): every field that the schema names is there, with
 * null or an empty array where it has no value.
 *
 * An event type with a field `payload` has its fields beside `event_type`; of every other one, `payload` is all of its content.
 *
 * @param event also what `toJson` gives, which may have been masked
 * @param source the catalog, or its model; by default that of the default directories
 * @throws what `toObject` throws
 */
export function toPlainDocument(event: Event | JsonEvent, source?: ModelSource): PlainDocument {
  const model = modelOf(source);
  const { localName, namespace, content } = partsOf(event, model);
  const name = documentName(namespace, localName);
  const shapes = shapesOf(model);
  const declared = shapes.element(name) ?? shapes.unknown;
  const plain = new PlainReader(shapes, model.namespace).readElement(content, declared, name);
  const type = eventTypeOf({ name: localName, namespace }, model);
  const document: Record<string, ContentValue> = {};
  if (!isSpreadShape(declared.shape) || !hasPayload(plain)) {
    setOwn<ContentValue>(document, "event_type", type);
    setOwn(document, "payload", plain);
  } else {
    for (const [key, value] of Object.entries(plain)) {
      if (key === "payload") setOwn<ContentValue>(document, "event_type", type);
      setOwn(document, key, value);
    }
  }
  return document as unknown as PlainDocument;
}

/** The event type in dotted words, for systems that name types so: the annotation `type`, else the name of the event. */
export function eventTypeOf({ name, namespace }: Pick<Event, "name" | "namespace">, source?: ModelSource): string {
  return annotationsOf(modelOf(source)).event(name, namespace)?.annotations.type ?? name;
}

interface Parts {
  readonly localName: string;
  readonly namespace: string;
  readonly content: EventContent;
}

function partsOf(event: Event | JsonEvent, model: SchemaModel): Parts {
  if (event instanceof Event) {
    return { localName: event.name, namespace: event.namespace, content: toObject(event, model) };
  }
  const [[key, content] = ["", {}]] = Object.entries(event);
  const { localName, namespace } = parseName(key, model.namespace) ?? { localName: key, namespace: "" };
  return { localName, namespace, content };
}

/** Whether the fields of an event type stand beside `event_type`. One of the name `event_type` would be lost there. */
export function isSpreadShape(shape: Shape): boolean {
  return (
    shape.kind === "object" && shape.form === "fields" && shape.fields.has("payload") && !shape.fields.has("event_type")
  );
}

/** An event that is nil, or not valid, may lack the fields of its type. */
function hasPayload(plain: ContentValue): plain is EventContent {
  return typeof plain === "object" && plain !== null && !Array.isArray(plain) && Object.hasOwn(plain, "payload");
}
