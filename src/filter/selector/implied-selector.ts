import { eventPlace, type EventPlace, type SchemaModel } from "../../schema/index.ts";
import { internName } from "../../xml/index.ts";
import type { QuerySyntax } from "../syntax/ast.ts";
import { and, formulaText, or, type Formula } from "./formula.ts";
import { Implication } from "./implication.ts";
import { QueryNames } from "./names.ts";
import { DOCUMENT, EventPlaces } from "./places.ts";
import { presentCondition } from "./property-conditions.ts";

/** Event types that are looked at; with more of them a selector would be longer than brokers like. */
const MAX_EVENT_TYPES = 500;

/** Characters of a selector at most; a longer one restricts nothing instead. */
const MAX_LENGTH = 4096;

/**
 * The JMS selector that a filter implies: true for every message whose event the filter matches. Each event type of the catalog is taken
 * by itself; those that the filter cannot match have no say.
 *
 * @param namespaces prefixes declared before the query begins; the empty one is the default element namespace
 * @returns undefined when nothing restricts the messages
 */
export function impliedSelector(
  syntax: QuerySyntax,
  namespaces: ReadonlyMap<string, string>,
  model: SchemaModel,
): string | undefined {
  if (model.eventNames.length > MAX_EVENT_TYPES) return undefined;
  const names = new QueryNames(syntax, namespaces);
  let selected: Formula = false;
  for (const eventName of model.eventNames) {
    const event = eventPlace(model, eventName);
    if (event === undefined) continue;
    selected = or(selected, conditionOf(event, syntax, names, model));
    if (selected === true || formulaText(selected).length > MAX_LENGTH) return undefined;
  }
  return formulaText(selected);
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
