import { attributeValue } from "../../xml/index.ts";
import type { ExpandedName, XmlElement } from "../../xml/index.ts";
import { XSI_NAMESPACE, resolveQName } from "../object/names.ts";

/** The type that `xsi:type` names; undefined without one, and for a prefix that is not declared. */
export function actualType(element: XmlElement): ExpandedName | undefined {
  const type = attributeValue(element, "type", XSI_NAMESPACE);
  return type === undefined ? undefined : resolveQName(type.trim(), element);
}
