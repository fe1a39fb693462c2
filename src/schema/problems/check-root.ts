import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import { positionOf, type XmlDocument } from "../../xml/index.ts";
import { nearestName } from "../suggest.ts";
import { pathOf } from "./path-of.ts";
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
  const { localName: found, namespace: actual } = documentElement.name;
  if (found === ENVELOPE_NAME && actual === namespace) return undefined;
  const { line, column } = positionOf(documentElement);
  const path = pathOf(documentElement, namespace);
  const place = { path, line, column, code: "cvc-elt.1", found, expected: [ENVELOPE_NAME] };
  if (found === ENVELOPE_NAME) {
    const message = `the root element ${found} is in ${nameNamespace(actual)}; expected ${nameNamespace(namespace)}`;
    return { ...place, message };
  }
  const root = `the root element is ${quote(found)}`;
  if (eventNames.includes(found)) {
    return { ...place, message: `${root}, an event without its envelope; expected ${ENVELOPE_NAME} around it` };
  }
  const suggestion = nearestName(found, [ENVELOPE_NAME]);
  const hint = suggestion === undefined ? {} : { suggestion };
  return { ...place, ...hint, message: `${root}; expected ${ENVELOPE_NAME}${didYouMean(suggestion)}` };
}
