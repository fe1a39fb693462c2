import { childElements, XmlElement, XmlText } from "../../xml/index.ts";
import type { Event } from "../event.ts";
import { modelOf, type ModelSource } from "../object/model-source.ts";
import { sensitivePlaces } from "./sensitive-places.ts";

/**
 * The texts that {@link maskSensitive} hides, each once: of elements and of attributes, those inside of a sensitive element too. For
 * whoever has to find them again in a text that somebody else wrote.
 */
export function sensitiveTexts(event: Event, catalog: ModelSource): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const place of sensitivePlaces(event.document, modelOf(catalog))) {
    if (place instanceof XmlElement) addTextsOf(place, texts);
    else texts.add(place.value);
  }
  return texts;
}

function addTextsOf(outermost: XmlElement, texts: Set<string>): void {
  const pending = [outermost];
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    for (const { value } of element.attributes) texts.add(value);
    texts.add(element.children.map((child) => (child instanceof XmlText ? child.data : "")).join(""));
    pending.push(...childElements(element));
  }
}
