import { eventNameOf, eventWords, getEvent, type Catalog } from "../../schema/index.ts";

/**
 * The name of an event type in the catalog.
 *
 * @param given its name, or its word
 * @throws UnknownNameError with a suggestion
 */
export function eventNamed(given: string, { model }: Pick<Catalog, "model">): string {
  for (const [name, word] of eventWords(model)) if (word === given) return name;
  return eventNameOf(getEvent(model, given).name, model.namespace);
}
