import { eventPlace, type EventPlace, type SchemaModel } from "../../schema/index.ts";
import { internName } from "../../xml/index.ts";
import type { QuerySyntax } from "../syntax/ast.ts";
import { and, type Formula } from "./formula.ts";
import { Implication } from "./implication.ts";
import { QueryNames } from "./names.ts";
import { DOCUMENT, EventPlaces } from "./places.ts";
import { presentCondition } from "./property-conditions.ts";

/** Event types that are looked at; with more of them a selector would be longer than brokers like. */
const MAX_EVENT_TYPES = 500;

/**
 * What a filter implies for the messages of each event type of a catalog by itself: a condition on promoted fields that is true for every
 * message whose event the filter matches; `false` where it matches no event of the type.
 *
 * @param namespaces prefixes declared before the query begins; the empty one is the default element namespace
 * @returns by name of the event type; undefined when there are too many
 */
export function impliedConditions(
  syntax: QuerySyntax,
  namespaces: ReadonlyMap<string, string>,
  model: SchemaModel,
): ReadonlyMap<string, Formula> | undefined {
  if (model.eventNames.length > MAX_EVENT_TYPES) return undefined;
  const names = new QueryNames(syntax, namespaces);
  const conditions = new Map<string, Formula>();
  for (const eventName of model.eventNames) {
    const event = eventPlace(model, eventName);
    if (event !== undefined) conditions.set(eventName, conditionOf(event, syntax, names, model));
  }
  return conditions;
}

function conditionOf(event: EventPlace, { body }: QuerySyntax, names: QueryNames, { namespace }: SchemaModel): Formula {
  const places = new EventPlaces(event, internName(namespace, "Event"));
  const condition = new Implication(places, names).condition(body, { item: DOCUMENT.at, variables: new Map() });
  return condition === false ? false : and(...propertiesOf(event), condition);
}

/** What every event of the type has. */
function propertiesOf(event: EventPlace): readonly Formula[] {
  return [...event.attributes, ...event.elements].flatMap(({ isRequired, promoted }) =>
    isRequired && promoted !== undefined ? [presentCondition(promoted)] : [],
  );
}
