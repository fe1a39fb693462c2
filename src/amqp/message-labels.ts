import type { Event } from "../event/index.ts";
import { annotationsOf, type Catalog, type PromotedValue } from "../schema/index.ts";

/** What a message says of its event outside of the document, where brokers see it. */
export interface MessageLabels {
  /** The routing key: `<domain>.event.<Name>`, or what the annotation `routingKey` says behind the domain. */
  readonly subject: string;
  /** The fields that the annotation `promote` names, as far as the event has them. */
  readonly applicationProperties: ReadonlyMap<string, PromotedValue>;
}

/**
 * The labels of an event as its annotations say (`docs/annotations.md`).
 *
 * @param catalog has the annotations; without it there are none
 */
export function labelsOf(event: Event, domain: string, catalog: Catalog | undefined): MessageLabels {
  const annotated = catalog && annotationsOf(catalog.model).event(event.name, event.namespace);
  const applicationProperties = new Map<string, PromotedValue>();
  for (const { path, property, valueOf } of annotated?.promoted ?? []) {
    const text = event.get(path);
    const value = text === undefined ? undefined : valueOf(text);
    if (value !== undefined) applicationProperties.set(property, value);
  }
  return { subject: `${domain}.${annotated?.annotations.routingKey ?? `event.${event.name}`}`, applicationProperties };
}
