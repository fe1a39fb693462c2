import { annotationsOf, WHOLE_EVENT } from "../../schema/index.ts";
import { XmlElement } from "../../xml/index.ts";
import type { XmlAttribute, XmlNode } from "../../xml/index.ts";
import type { Event } from "../event.ts";
import { eventElementOf } from "../envelope.ts";
import { modelOf, type ModelSource } from "../object/model-source.ts";
import { sensitivePlaces } from "./sensitive-places.ts";

/**
 * What is sensitive in an event, to be remembered together with it: the paths that its type names, and those of what stands in it besides,
 * where a wildcard or `xsi:type` lets it in. As the parameter `more` of {@link maskSensitive} they hide the same when the schema does not
 * have the type any more.
 */
export function sensitivePaths(event: Event, catalog: ModelSource): readonly string[] {
  const model = modelOf(catalog);
  const type = annotationsOf(model).event(event.name, event.namespace);
  if (type?.isSensitive === true) return [WHOLE_EVENT];
  const { document } = event;
  const top = eventElementOf(document);
  const paths = new Set(type?.annotations.sensitive);
  for (const place of sensitivePlaces(document, model)) paths.add(pathOf(place, top));
  return [...paths].sort();
}

function pathOf(place: XmlElement | XmlAttribute, top: XmlElement): string {
  const steps: string[] = [];
  if (!(place instanceof XmlElement)) steps.push(`@${place.localName}`);
  let element: XmlNode = place instanceof XmlElement ? place : place.parent;
  for (; element instanceof XmlElement && element !== top; element = element.parent) steps.push(element.localName);
  return steps.toReversed().join("/");
}
