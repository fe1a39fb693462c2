import { Event, toJson, toObject } from "../event/index.ts";
import { annotationsOf, SampleError, type Catalog, type EventDescription } from "../schema/index.ts";
import { indentXml } from "./indent-xml.ts";
import { JSON_STYLE, literalText } from "./literal.ts";
import { makerExpression } from "./maker-snippet.ts";
import { selectingFilter } from "./selecting-filter.ts";

/** What the documentation says of one event type. */
export interface DocumentedEvent {
  readonly description: EventDescription;
  /** Name of its page without the ending, and key in the AsyncAPI document. */
  readonly id: string;
  /** What stands behind the domain in the subject of its messages. */
  readonly routingKey: string;
  /** XQuery that selects it. */
  readonly filter: string;
  /** Application properties of its messages, with the path of the field that each is. */
  readonly properties: readonly { readonly property: string; readonly path: string }[];
  readonly sample: EventSample | { readonly reason: string };
}

/** One event in the three forms in which programs meet it. */
export interface EventSample {
  readonly xml: string;
  readonly json: string;
  /** Expression of TypeScript over the EventMaker `e`. */
  readonly maker: string;
}

/** @param eventName as in the catalog's `eventNames` */
export function documentedEvent(catalog: Catalog, eventName: string, id: string): DocumentedEvent {
  const description = catalog.describe(eventName);
  const { name, namespace, annotations } = description;
  const promoted = annotationsOf(catalog.model).event(name, namespace)?.promoted ?? [];
  return {
    description,
    id,
    routingKey: annotations?.routingKey ?? `event.${name}`,
    filter: selectingFilter({ name, namespace, home: catalog.namespace }),
    properties: promoted.map(({ property, path }) => ({ property, path })),
    sample: sampleOf(catalog, eventName, name),
  };
}

function sampleOf(catalog: Catalog, eventName: string, name: string): EventSample | { readonly reason: string } {
  try {
    const xml = catalog.sample(eventName, SAMPLE);
    const event = Event.parse(xml);
    return {
      xml: indentXml(xml),
      json: literalText(toJson(event, catalog), JSON_STYLE),
      maker: makerExpression(name, toObject(event, catalog)),
    };
  } catch (error) {
    if (error instanceof SampleError) return { reason: error.message };
    throw error;
  }
}

/** Everything that may be there, once, and short: a page is to be read. */
const SAMPLE = { seed: 1, optional: 1, maxOccurs: 1, maxDepth: 4, maxElements: 40, maxLength: 12 };
