import { attributeValue, documentName, type XmlElement } from "../../xml/index.ts";
import { BUILT_IN_TYPES } from "../model/built-in-types.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, TypeDefinition } from "../model/components.ts";
import { derivationMethods } from "../model/derivation.ts";
import { XSI_NAMESPACE, namespaceOfQName, splitQName } from "../model/xsd.ts";
import { isQName, normalizeWhiteSpace } from "../values/index.ts";
import { explainBadTypeName, explainUnknownType, explainUnrelatedType } from "./explain-elements.ts";
import type { ProblemList } from "./problem-list.ts";

/** What finding the type of an element reads and writes. */
export interface TypeChecking {
  readonly table: ComponentTable;
  readonly problems: ProblemList;
}

/**
 * The type that an element is judged by: the one that `xsi:type` names, or the declared one (XML Schema 1.0 part 1,
 * section 3.3.4, cvc-elt.4); xs:anyType for elements without declaration.
 *
 * @returns undefined, after reporting it, when `xsi:type` names none that may stand there
 */
export function checkActualType(
  element: XmlElement,
  declaration: ElementDeclaration | undefined,
  { table, problems }: TypeChecking,
): TypeDefinition | undefined {
  const declared = declaration === undefined ? ANY_TYPE : table.typeOfElement(declaration);
  const attribute = attributeValue(element, "type", XSI_NAMESPACE);
  if (attribute === undefined) return declared;
  const written = normalizeWhiteSpace(attribute, "collapse");
  if (!isQName(written, element)) {
    problems.add(element, "cvc-elt.4.1", explainBadTypeName(element.name, written));
    return undefined;
  }
  const name = documentName(namespaceOfQName(element, written) ?? "", splitQName(written).localName);
  const type = table.type(name);
  if (type === undefined) {
    problems.add(element, "cvc-elt.4.2", explainUnknownType(element.name, name, table));
    return undefined;
  }
  if (declaration === undefined) return type;
  const methods = derivationMethods(type, declared, table);
  const blocks = [...declaration.block, ...(declared.kind === "complexType" ? declared.block : [])];
  const blocked = methods === undefined ? undefined : blocks.find((method) => methods.has(method));
  if (methods !== undefined && blocked === undefined) return type;
  problems.add(element, "cvc-elt.4.3", explainUnrelatedType(element.name, name, blocked));
  return undefined;
}

const ANY_TYPE = BUILT_IN_TYPES.get("anyType")!;
