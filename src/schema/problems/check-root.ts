import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import type { XmlDocument } from "../../xml/index.ts";
import { nearestName } from "../../nearest-name.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { ProblemList } from "./problem-list.ts";
import type { ValidationProblem } from "./validation-problem.ts";
import { didYouMean, nameNamespace, quote } from "./words.ts";

/**
 * Whether the root element is the envelope. The engine would accept every global element as root (XML Schema 1.0 part 1,
 * section 5.2); on the bus there is only one.
 */
export function checkRootElement(
  { documentElement }: XmlDocument,
  namespace: string,
  eventNames: readonly string[],
): ValidationProblem | undefined {
  const { localName, namespace: actual } = documentElement.name;
  if (localName === ENVELOPE_NAME && actual === namespace) return undefined;
  const problems = new ProblemList(namespace, 1);
  const explanation = explainRoot(localName, actual, namespace, eventNames);
  problems.add(documentElement, "cvc-elt.1", { found: localName, expected: [ENVELOPE_NAME], ...explanation });
  return problems.list()[0];
}

function explainRoot(found: string, actual: string, namespace: string, eventNames: readonly string[]): Explanation {
  if (found === ENVELOPE_NAME) {
    const message = `the root element ${found} is in ${nameNamespace(actual)}; expected ${nameNamespace(namespace)}`;
    return { message };
  }
  const root = `the root element is ${quote(found)}`;
  if (eventNames.includes(found)) {
    return { message: `${root}, an event without its envelope; expected ${ENVELOPE_NAME} around it` };
  }
  const suggestion = nearestName(found, [ENVELOPE_NAME]);
  return { ...withSuggestion(suggestion), message: `${root}; expected ${ENVELOPE_NAME}${didYouMean(suggestion)}` };
}
