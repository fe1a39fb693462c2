import { Event } from "../../event/index.ts";
import { eventWordOf, type Catalog } from "../../schema/index.ts";
import type { XmlLimits } from "../../xml/index.ts";
import type { ArchivedEvent } from "../archived-event.ts";
import type { ArchiveQuery, QueryOptions } from "./archive-query.ts";
import { isOfType, routingKeyTest } from "./kind-conditions.ts";

/** What events are looked at with. */
export interface TestParts {
  readonly catalog: Catalog | undefined;
  readonly limits?: Partial<XmlLimits> | undefined;
}

/** Whether an event is one of a query, as far as its document and its message say so. */
export function eventTest(
  { catalog, limits = {} }: TestParts,
  { filter, types, routingKey, since = -Infinity, until = Infinity }: ArchiveQuery,
  { view = (event) => event, allowsType = () => true, onFilterError }: QueryOptions,
): (event: ArchivedEvent) => boolean {
  const fitsRoutingKey = routingKeyTest(routingKey);
  return (archived) => {
    if (archived.time < since || archived.time >= until || !fitsRoutingKey(archived.routingKey)) return false;
    const isNameless = archived.name === "";
    if (filter === undefined && !isNameless) return isOfType(archived, types) && allowsType(archived.type);
    try {
      const event = Event.parse(archived.document, { limits });
      const type =
        isNameless && catalog !== undefined ? eventWordOf(event, catalog.model) : archived.type || event.name;
      if (!isOfType({ type, name: event.name }, types) || !allowsType(type)) return false;
      return filter === undefined || filter.matches(view(event, archived).document, archived.message);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      onFilterError?.(archived, error);
      return false;
    }
  };
}
