import { XmlElement, stringValue, type ExpandedName } from "../../xml/index.ts";
import type { Leaf } from "../model/content-matcher.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { didYouMean, listAll, listOneOf, nameNamespace, quote, shorten } from "./words.ts";

/** A child that is not allowed where it is (`cvc-complex-type.2.4`). */
export function explainUnexpected(
  child: XmlElement,
  expected: readonly string[],
  isRepeated: boolean,
  suggestion: string | undefined,
): Explanation {
  const found = child.name.localName;
  const parent = child.parent instanceof XmlElement ? child.parent.name.localName : "the document";
  const tail = expected.length === 0 ? "no further element is expected" : `expected ${listOneOf(expected)}`;
  const message =
    `element ${quote(found)} is not allowed in ${parent} ${isRepeated ? "again" : "here"}; ` +
    `${tail}${didYouMean(suggestion)}`;
  return { found, expected, ...withSuggestion(suggestion), message };
}

/** A child with the right local name in the wrong namespace (`cvc-complex-type.2.4`). */
export function explainNamespace(child: XmlElement, expected: readonly string[], namespace: string): Explanation {
  const found = child.name.localName;
  const message =
    `element ${quote(found)} is in ${nameNamespace(child.name.namespace)}; ` +
    `expected ${found} in ${nameNamespace(namespace)}`;
  return { found, expected, message };
}

/** Children that are missing (`cvc-complex-type.2.4`); every entry is needed, an entry of several is a choice. */
export function explainMissing({ localName }: ExpandedName, leaves: readonly (readonly Leaf[])[]): Explanation {
  const missing = leaves.map(namesOf);
  const isPlural = missing.length > 1;
  return {
    expected: [...new Set(missing.flat())],
    message: `${localName} is incomplete: ${listAll(missing.map(listOneOf))} ${isPlural ? "are" : "is"} missing`,
  };
}

/** Text or elements in an element that must be empty (`cvc-complex-type.2.1`). */
export function explainNotEmpty(element: XmlElement): Explanation {
  const child = element.children.find((each) => each instanceof XmlElement);
  const { localName } = element.name;
  if (child !== undefined) {
    const found = child.name.localName;
    return { found, message: `element ${quote(found)} is not allowed in ${localName}, which must be empty` };
  }
  const found = shorten(stringValue(element));
  const what = /^(\\[nrt]|\s)*$/.test(found) ? "white space" : `the text "${found}"`;
  return { found, message: `${what} is not allowed in ${localName}, which must be empty` };
}

/** Elements in an element that holds a value (`cvc-complex-type.2.2`, `cvc-type.3.1.2`). */
export function explainElementInValue(element: XmlElement, child: XmlElement): Explanation {
  const found = child.name.localName;
  return {
    found,
    message: `element ${quote(found)} is not allowed in ${element.name.localName}, which holds a value only`,
  };
}

/** Text between the children of an element that holds elements only (`cvc-complex-type.2.3`). */
export function explainTextBetween({ name }: XmlElement, text: string): Explanation {
  const found = shorten(text.trim());
  return { found, message: `the text "${found}" is not allowed in ${name.localName}, which holds elements only` };
}

/** The local names of the elements that have these places, for messages. */
export function namesOf(leaves: readonly Leaf[]): readonly string[] {
  const names = leaves.flatMap(({ elements, wildcard }) =>
    wildcard === undefined ? elements.map(({ name }) => name.localName) : ["any element"],
  );
  return [...new Set(names)];
}
