import type { XmlAttribute } from "../../xml/index.ts";
import { nearestName } from "../../nearest-name.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { didYouMean, listOneOf, quote } from "./words.ts";

/** An attribute that is not allowed (`cvc-complex-type.3.2.2`, `cvc-type.3.1.1`). */
export function explainUnexpectedAttribute(attribute: XmlAttribute, allowed: readonly string[]): Explanation {
  const suggestion = nearestName(attribute.name.localName, allowed);
  const tail = allowed.length === 0 ? "which has no attributes" : `which allows ${listOneOf(allowed.map(quote))}`;
  return {
    found: attribute.nodeName,
    expected: allowed,
    ...withSuggestion(suggestion),
    message:
      `attribute ${quote(attribute.nodeName)} is not allowed in ${attribute.parent.name.localName}, ${tail}` +
      didYouMean(suggestion),
  };
}

/** A required attribute that is not there (`cvc-complex-type.4`). */
export function explainMissingAttribute(element: string, attribute: string): Explanation {
  return { expected: [attribute], message: `${element} has no attribute ${quote(attribute)}, which is required` };
}

/** An attribute that a wildcard allows only when it is declared (`cvc-wildcard`). */
export function explainUndeclaredAttribute(attribute: XmlAttribute, declared: readonly string[]): Explanation {
  const suggestion = nearestName(attribute.name.localName, declared);
  return {
    found: attribute.nodeName,
    ...withSuggestion(suggestion),
    message:
      `attribute ${quote(attribute.nodeName)} of ${attribute.parent.name.localName} is not declared in this catalog` +
      didYouMean(suggestion),
  };
}

/** A second attribute of type ID (`cvc-complex-type.5`). */
export function explainSecondId(attribute: XmlAttribute, first: XmlAttribute): Explanation {
  const { localName } = attribute.parent.name;
  return {
    found: attribute.nodeName,
    message: `attribute ${quote(attribute.nodeName)} is a second ID of ${localName}, which has the ID ${quote(first.nodeName)}`,
  };
}
