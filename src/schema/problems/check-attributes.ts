import type { XmlAttribute, XmlElement } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { XSI_NAMESPACE } from "../model/xsd.ts";
import {
  explainMissingAttribute,
  explainSecondId,
  explainUndeclaredAttribute,
  explainUnexpectedAttribute,
} from "./explain-attributes.ts";
import { explainFixed, explainValue } from "./explain-values.ts";
import type { ProblemList } from "./problem-list.ts";
import type { References } from "./references.ts";
import { attributeChecker, type AttributeView, type ComplexTypeView } from "./type-view.ts";

/** What checking attributes reads and writes. */
export interface AttributeChecking {
  readonly table: ComponentTable;
  readonly problems: ProblemList;
  readonly references: References;
}

/** Checks the attributes of an element of complex type (XML Schema 1.0 part 1, section 3.4.4, clauses 3 to 5). */
export function checkAttributes(element: XmlElement, view: ComplexTypeView, checking: AttributeChecking): void {
  const { problems, references } = checking;
  let id: XmlAttribute | undefined;
  for (const attribute of element.attributes) {
    if (isAboutSchema(attribute)) continue;
    const allowed = view.attributes.get(String(attribute.name)) ?? findByWildcard(attribute, view, checking);
    if (allowed === undefined) continue;
    const { checker, fixed } = allowed;
    const problem = checker.check(attribute.value, element);
    if (problem !== undefined) {
      problems.add(attribute, problem.code, explainValue(problem, attribute, checking.table));
      continue;
    }
    if (fixed !== undefined && !isFixedValue(attribute, allowed, fixed)) {
      problems.add(attribute, "cvc-au", explainFixed(checker.normalize(attribute.value), fixed, attribute));
    }
    if (checker.identity === undefined) continue;
    references.add(checker, attribute.value, attribute);
    if (checker.identity !== "ID") continue;
    if (id !== undefined) problems.add(element, "cvc-complex-type.5.2", explainSecondId(attribute, id), attribute);
    id ??= attribute;
  }
  for (const { isRequired, declaration } of view.attributes.values()) {
    if (!isRequired || element.attributes.some(({ name }) => String(name) === String(declaration.name))) continue;
    const explanation = explainMissingAttribute(element.name.localName, declaration.name.localName);
    problems.add(element, "cvc-complex-type.4", explanation);
  }
}

/** Checks the attributes of an element of simple type: it has none of its own (section 3.3.4, cvc-type.3.1.1). */
export function checkNoAttributes(element: XmlElement, problems: ProblemList): void {
  for (const attribute of element.attributes) {
    if (isAboutSchema(attribute)) continue;
    problems.add(element, "cvc-type.3.1.1", explainUnexpectedAttribute(attribute, []), attribute);
  }
}

/** The four attributes that every element may have (section 2.6). */
function isAboutSchema({ name }: XmlAttribute): boolean {
  return name.namespace === XSI_NAMESPACE && ABOUT_SCHEMA.has(name.localName);
}

const ABOUT_SCHEMA: ReadonlySet<string> = new Set(["type", "nil", "schemaLocation", "noNamespaceSchemaLocation"]);

/** What an attribute that the type does not name is checked by; undefined when it is not allowed, or not looked at. */
function findByWildcard(
  attribute: XmlAttribute,
  view: ComplexTypeView,
  { table, problems }: AttributeChecking,
): AttributeView | undefined {
  const { parent: element, name } = attribute;
  const wildcard = view.attributeWildcard;
  if (wildcard?.allows(name.namespace) !== true) {
    const allowed = [...view.attributes.values()].map(({ declaration }) => declaration.name.localName);
    problems.add(element, "cvc-complex-type.3.2.2", explainUnexpectedAttribute(attribute, allowed), attribute);
    return undefined;
  }
  if (wildcard.processContents === "skip") return undefined;
  const declaration = table.attribute(name);
  if (declaration !== undefined) {
    const { default: ifAbsent, fixed } = declaration;
    return { isRequired: false, declaration, default: ifAbsent, fixed, checker: attributeChecker(declaration, table) };
  }
  if (wildcard.processContents === "strict") {
    const explanation = explainUndeclaredAttribute(attribute, table.namesOf("attribute", name.namespace));
    problems.add(attribute, "cvc-wildcard", explanation);
  }
  return undefined;
}

function isFixedValue(
  { value, parent }: XmlAttribute,
  { checker, declaration }: AttributeView,
  fixed: string,
): boolean {
  return checker.equal(value, fixed, parent, declaration.source.node);
}
