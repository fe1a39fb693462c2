import { stringValue, type XmlElement } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration } from "../model/components.ts";
import type { SimpleTypeChecker } from "../values/index.ts";
import { explainDefault } from "./explain-elements.ts";
import { explainFixed, explainValue } from "./explain-values.ts";
import type { ProblemList } from "./problem-list.ts";

/**
 * Checks the text of an element that holds a value, and its fixed or default value (XML Schema 1.0 part 1, section 3.3.4,
 * cvc-elt.5).
 *
 * @returns the value as text, or the one that an empty element has by default; undefined when it is not valid
 */
export function checkText(
  element: XmlElement,
  checker: SimpleTypeChecker,
  declaration: ElementDeclaration | undefined,
  table: ComponentTable,
  problems: ProblemList,
): string | undefined {
  const text = stringValue(element);
  const ifEmpty = declaration?.fixed ?? declaration?.default;
  if (text === "" && declaration !== undefined && ifEmpty !== undefined) {
    if (checker.check(ifEmpty, declaration.source.node) === undefined) return ifEmpty;
    problems.add(element, "cvc-elt.5.1.1", explainDefault(element.name, ifEmpty));
    return undefined;
  }
  const problem = checker.check(text, element);
  if (problem !== undefined) {
    problems.add(element, problem.code, explainValue(problem, element, table));
    return undefined;
  }
  const fixed = declaration?.fixed;
  if (declaration !== undefined && fixed !== undefined) {
    const scope = declaration.source.node;
    const isFixed = checker.check(fixed, scope) === undefined && checker.equal(text, fixed, element, scope);
    if (!isFixed) {
      problems.add(element, "cvc-elt.5.2.2.2.2", explainFixed(checker.normalize(text), fixed, element));
    }
  }
  return text;
}
