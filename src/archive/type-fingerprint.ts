import { createHash } from "node:crypto";
import { eventPlace, type EventPlace, type PromotedField, type SchemaModel } from "../schema/index.ts";

/** Places of one type that are looked at, and how deep: with more of them filters imply nothing. */
const MAX_PLACES = 1000;
const MAX_DEPTH = 20;

/**
 * Says of what form the valid events of a type are, and which of their fields are promoted: what a filter implies for them by one schema holds
 * for all events with the same fingerprint. Empty for types that are too large, and for those that the schema does not have.
 *
 * @param eventName as in `eventNames`
 */
export function typeFingerprint(model: SchemaModel, eventName: string): string {
  const event = eventPlace(model, eventName);
  const places = event === undefined ? undefined : placesOf(event);
  if (places === undefined) return "";
  return createHash("sha256")
    .update(JSON.stringify([model.namespace, places]))
    .digest("base64url")
    .slice(0, 22);
}

/** Of a type that contains itself two levels are enough: below are the same names again. */
function placesOf(event: EventPlace): readonly unknown[] | undefined {
  const found: unknown[] = [];
  const pending: { readonly place: EventPlace; readonly above: readonly object[] }[] = [{ place: event, above: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { place, above } = next;
    if (above.length > MAX_DEPTH || found.length >= MAX_PLACES) return undefined;
    const { path, name, isSingle, isRequired, isClosed, promoted } = place;
    found.push([path, name.namespace, name.localName, isSingle, isRequired, isClosed, promoted && formOf(promoted)]);
    const isRepeated = above.filter((type) => type === place.type).length >= 2;
    for (const child of [...place.elements, ...place.attributes]) {
      // That there is one more level of the same is to be seen, too.
      if (isRepeated) found.push([child.path, child.name.namespace, child.name.localName]);
      else pending.push({ place: child, above: [...above, place.type] });
    }
  }
  return found;
}

/** How texts become values is a function: it is known by what it does. */
function formOf({ property, kind, isTotal, isExact, valueOf }: PromotedField): readonly unknown[] {
  return [property, kind, isTotal, isExact, PROBES.map((text) => valueOf(text)?.value)];
}

const PROBES = ["\t a  b ", " true ", " 01 ", " -1.50 ", "1e3", "INF"];
