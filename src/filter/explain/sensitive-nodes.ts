import { annotationsOf, sensitivityOf, type SchemaModel, type Sensitivity } from "../../schema/index.ts";
import {
  XmlElement,
  attributeValue,
  childElements,
  documentName,
  lookupNamespace,
  type ExpandedName,
  type XmlDocument,
  type XmlNode,
} from "../../xml/index.ts";
import { XSI_NAMESPACE } from "../values/namespaces.ts";
import { parentOf } from "../values/parent-of.ts";

/**
 * The nodes of a document whose values nobody should be shown, as the annotation `sensitive` says: the fields themselves with all
 * inside them, and what contains them, because its string value has theirs.
 *
 * @param more paths that are sensitive whatever the schema says
 */
export function sensitiveNodes(
  document: XmlDocument,
  model: SchemaModel,
  more: readonly string[] | undefined,
): ReadonlySet<XmlNode> {
  const found = new Set<XmlNode>();
  const hide = (node: XmlNode): void => {
    for (let above = parentOf(node); above !== undefined; above = parentOf(above)) {
      if (found.has(above)) break;
      found.add(above);
    }
    const pending: XmlNode[] = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      found.add(next);
      if (!(next instanceof XmlElement)) continue;
      for (const child of next.children) pending.push(child);
      for (const attribute of next.attributes) found.add(attribute);
    }
  };
  const pending: (readonly [XmlElement, Sensitivity])[] = eventElements(document, model).map(
    (element) => [element, sensitivityOf(model, element.name, actualType(element), more)] as const,
  );
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [element, place] = next;
    if (place.isSensitive) {
      hide(element);
      continue;
    }
    for (const attribute of element.attributes) {
      if (attribute.name.namespace !== XSI_NAMESPACE && place.isSensitiveAttribute(attribute.name)) hide(attribute);
    }
    for (const child of childElements(element)) pending.push([child, place.child(child.name, actualType(child))]);
  }
  return found;
}

/** What stands in the envelope, or the root where it is an event by itself. */
function eventElements({ documentElement }: XmlDocument, model: SchemaModel): readonly XmlElement[] {
  const { localName, namespace } = documentElement.name;
  if (annotationsOf(model).event(localName, namespace) !== undefined) return [documentElement];
  return childElements(documentElement);
}

function actualType(element: XmlElement): ExpandedName | undefined {
  const [, prefix = "", localName] =
    /^(?:([^:]+):)?([^:]+)$/.exec(attributeValue(element, "type", XSI_NAMESPACE)?.trim() ?? "") ?? [];
  const namespace = lookupNamespace(element, prefix);
  if (localName === undefined || (namespace === undefined && prefix !== "")) return undefined;
  return documentName(namespace ?? "", localName);
}
