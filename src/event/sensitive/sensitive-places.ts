import { sensitivityOf } from "../../schema/index.ts";
import type { SchemaModel, Sensitivity } from "../../schema/index.ts";
import { childElements, XmlText } from "../../xml/index.ts";
import type { XmlAttribute, XmlDocument, XmlElement } from "../../xml/index.ts";
import { eventElementOf } from "../envelope.ts";
import { XSI_NAMESPACE } from "../object/names.ts";
import { actualType } from "./actual-type.ts";

/**
 * The outermost elements that are sensitive, and the attributes of others that are, in document order.
 *
 * @param more paths that are sensitive whatever the schema says
 */
export function* sensitivePlaces(
  document: XmlDocument,
  model: SchemaModel,
  more?: readonly string[],
): Generator<XmlElement | XmlAttribute> {
  const event = eventElementOf(document);
  const root = sensitivityOf(model, event.name, actualType(event), more);
  const pending: (readonly [XmlElement, Sensitivity])[] = [[event, root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [element, place] = next;
    if (place.isSensitive && (element !== event || hasOwnText(event))) {
      yield element;
      continue;
    }
    for (const attribute of element.attributes) {
      if (attribute.name.namespace !== XSI_NAMESPACE && place.isSensitiveAttribute(attribute.name)) yield attribute;
    }
    const children = childElements(element).map(
      (child) => [child, place.child(child.name, actualType(child))] as const,
    );
    pending.push(...children.toReversed());
  }
}

function hasOwnText(element: XmlElement): boolean {
  return element.children.some((child) => child instanceof XmlText && /[^ \t\r\n]/.test(child.data));
}
