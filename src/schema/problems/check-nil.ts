import type { XmlElement } from "../../xml/index.ts";
import type { ElementDeclaration } from "../model/components.ts";
import { XSI_NAMESPACE } from "../model/xsd.ts";
import { normalizeWhiteSpace } from "../values/index.ts";
import { describeForm } from "./built-in-forms.ts";
import { explainNilFixed, explainNilNotEmpty, explainNotNillable } from "./explain-elements.ts";
import { subjectOf } from "./explain-values.ts";
import type { ProblemList } from "./problem-list.ts";
import { quote, shorten } from "./words.ts";

/**
 * Checks `xsi:nil` (XML Schema 1.0 part 1, section 3.3.4, cvc-elt.3).
 *
 * @returns whether the content needs no other check: the element is nil, or was probably meant to be
 */
export function checkNil(
  element: XmlElement,
  declaration: ElementDeclaration | undefined,
  problems: ProblemList,
): boolean {
  const nil = element.attributes.find(({ name }) => name.localName === "nil" && name.namespace === XSI_NAMESPACE);
  if (nil === undefined || declaration === undefined) return false;
  const value = normalizeWhiteSpace(nil.value, "collapse");
  if (!["true", "false", "1", "0"].includes(value)) {
    const message = `value ${quote(value)} of ${subjectOf(nil)} is not a valid xs:boolean; expected ${describeForm("boolean")!}`;
    problems.add(nil, "cvc-datatype-valid.1.2.1", { found: shorten(value), expected: ["xs:boolean"], message });
    return false;
  }
  const isNil = value === "true" || value === "1";
  const isEmpty = !element.children.some(({ nodeType }) => nodeType === 1 || nodeType === 3);
  if (!declaration.isNillable) {
    problems.add(element, "cvc-elt.3.1", explainNotNillable(element.name));
    return isNil && isEmpty;
  }
  if (!isNil) return false;
  if (!isEmpty) problems.add(element, "cvc-elt.3.2.1", explainNilNotEmpty(element.name));
  else if (declaration.fixed !== undefined) {
    problems.add(element, "cvc-elt.3.2.2", explainNilFixed(element.name, declaration.fixed));
  }
  return true;
}
