import { internName, type ExpandedName } from "../../xml/index.ts";
import { nearestName } from "../../nearest-name.ts";
import { UnknownNameError } from "../unknown-name-error.ts";
import type { ElementDeclaration } from "./components.ts";
import type { SchemaModel } from "./schema-model.ts";

/**
 * How an event type is called: by its local name in the catalog's namespace, `PhoneStatus`, and with its namespace where it has
 * another one, `{urn:plugin}Scan`.
 *
 * @param home the catalog's namespace
 */
export function eventNameOf(
  { namespace, localName }: Pick<ExpandedName, "namespace" | "localName">,
  home: string,
): string {
  return namespace === home ? localName : `{${namespace}}${localName}`;
}

/** The element that an event name of {@link eventNameOf} means. */
export function eventElement(eventName: string, home: string): ExpandedName {
  const [, namespace = home, localName = eventName] = /^\{([^}]*)\}(.*)$/s.exec(eventName) ?? [];
  return internName(namespace, localName);
}

/**
 * The declaration of an event type; undefined when there is none of this name.
 *
 * @param name as in `eventNames`; a mere local name is enough where only one event type has it
 */
export function findEvent({ namespace, eventNames, table }: SchemaModel, name: string): ElementDeclaration | undefined {
  const known = eventNames.includes(name) ? name : onlyOne(eventNames, (each) => each.endsWith(`}${name}`));
  return known === undefined ? undefined : table.element(eventElement(known, namespace));
}

/**
 * {@link findEvent} where there must be one.
 *
 * @throws UnknownNameError (`xqbus:unknown-name`) with a suggestion
 */
export function getEvent(model: SchemaModel, name: string): ElementDeclaration {
  const declaration = findEvent(model, name);
  if (declaration !== undefined) return declaration;
  throw new UnknownNameError(name, "an event type of this catalog", nearestName(name, model.eventNames));
}

function onlyOne<T>(values: readonly T[], isMeant: (value: T) => boolean): T | undefined {
  const [first, second] = values.filter(isMeant);
  return second === undefined ? first : undefined;
}
