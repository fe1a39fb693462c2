import { XmlElement, sameName, stringValue, type ExpandedName, type XmlChildNode } from "../../xml/index.ts";
import { ContentMatcher, type Leaf } from "../model/content-matcher.ts";
import { effectiveContent, elementsIn, withSubstitutes } from "../model/content.ts";
import type { Particle } from "../model/components.ts";
import { nearestName } from "../suggest.ts";
import { explainEnvelope } from "./explain-envelope.ts";
import type { ExplainContext, Explainer, Explanation } from "./explain-context.ts";
import { didYouMean, listAll, listOneOf, nameNamespace, quote, shorten, shortenSentence } from "./words.ts";

/** A child that is missing, or not allowed where it is (`cvc-complex-type.2.4`). */
export const explainChildren: Explainer = (finding, context) => {
  const { element, isIncomplete } = finding;
  const inEnvelope = explainEnvelope(finding, context);
  if (inEnvelope !== undefined) return inEnvelope;
  if (isIncomplete) return explainMissing(element, context);
  return element.parent instanceof XmlElement
    ? explainUnexpected(element, element.parent, context)
    : { message: shortenSentence(finding.text) };
};

/** Text or elements in an element that must be empty (`cvc-complex-type.2.1`). */
export const explainNotEmpty: Explainer = ({ element }) => {
  const child = element.children.find((each) => each instanceof XmlElement);
  const { localName } = element.name;
  if (child !== undefined) {
    const found = child.name.localName;
    return { found, message: `element ${quote(found)} is not allowed in ${localName}, which must be empty` };
  }
  const found = shorten(stringValue(element));
  const what = found.trim() === "" || /^(\\[nrt]|\s)*$/.test(found) ? "white space" : `the text "${found}"`;
  return { found, message: `${what} is not allowed in ${localName}, which must be empty` };
};

/** Elements in an element that holds a value (`cvc-complex-type.2.2`, `cvc-type.3.1.2`). */
export const explainElementInValue: Explainer = ({ element, text }) => {
  const child = element.children.find((each) => each instanceof XmlElement);
  if (child === undefined) return { message: shortenSentence(text) };
  const found = child.name.localName;
  return {
    found,
    message: `element ${quote(found)} is not allowed in ${element.name.localName}, which holds a value only`,
  };
};

/** Text between the children of an element that holds elements only (`cvc-complex-type.2.3`). */
export const explainTextBetween: Explainer = ({ element }) => {
  const found = shorten(textsOf(element.children));
  return {
    found,
    message: `the text "${found}" is not allowed in ${element.name.localName}, which holds elements only`,
  };
};

function textsOf(children: readonly XmlChildNode[]): string {
  const texts = children.flatMap((child) => (child.nodeType === 3 ? child.data.trim() : []));
  return texts.find((text) => text !== "") ?? "";
}

function explainUnexpected(element: XmlElement, parent: XmlElement, context: ExplainContext): Explanation {
  const particle = contentOf(parent, context);
  const matcher = new ContentMatcher(particle, context.table);
  let isRepeated = false;
  for (const sibling of parent.children) {
    if (sibling === element) break;
    if (!(sibling instanceof XmlElement)) continue;
    matcher.accept(sibling.name);
    isRepeated ||= sameName(sibling.name, element.name);
  }
  const found = element.name.localName;
  const expected = namesOf(matcher.expected);
  const inOtherNamespace = expectedNamespace(element.name, matcher.expected);
  if (inOtherNamespace !== undefined) {
    const message =
      `element ${quote(found)} is in ${nameNamespace(element.name.namespace)}; ` +
      `expected ${found} in ${nameNamespace(inOtherNamespace)}`;
    return { found, expected, message };
  }
  const suggestion =
    nearestName(found, expected) ?? (isRepeated ? undefined : nearestName(found, allNames(particle, context)));
  const tail = expected.length === 0 ? "no further element is expected" : `expected ${listOneOf(expected)}`;
  const message =
    `element ${quote(found)} is not allowed in ${parent.name.localName} ${isRepeated ? "again" : "here"}; ` +
    `${tail}${didYouMean(suggestion)}`;
  return { found, expected, ...(suggestion === undefined ? {} : { suggestion }), message };
}

function explainMissing(element: XmlElement, context: ExplainContext): Explanation {
  const matcher = new ContentMatcher(contentOf(element, context), context.table);
  for (const child of element.children) if (child instanceof XmlElement) matcher.accept(child.name);
  const missing = matcher.missing.map(namesOf);
  const expected = [...new Set(missing.flat())];
  const { localName } = element.name;
  if (missing.length === 0) return { message: `${localName} is incomplete` };
  const isPlural = missing.length > 1;
  return {
    expected,
    message: `${localName} is incomplete: ${listAll(missing.map(listOneOf))} ${isPlural ? "are" : "is"} missing`,
  };
}

function contentOf(element: XmlElement, { types, table }: ExplainContext): Particle | undefined {
  const type = types.typeOf(element);
  return type?.kind === "complexType" ? effectiveContent(type, table).particle : undefined;
}

/** The names of all elements that can occur somewhere in the content. */
function allNames(particle: Particle | undefined, { table }: ExplainContext): readonly string[] {
  return elementsIn(particle, table)
    .flatMap(({ declaration }) => withSubstitutes(declaration, table))
    .filter(({ isAbstract }) => !isAbstract)
    .map(({ name }) => name.localName);
}

function namesOf(leaves: readonly Leaf[]): readonly string[] {
  const names = leaves.flatMap(({ elements, wildcard }) =>
    wildcard === undefined ? elements.map(({ name }) => name.localName) : ["any element"],
  );
  return [...new Set(names)];
}

/** The namespace in which an element of this local name would be expected, when it is not the one it is in. */
function expectedNamespace(name: ExpandedName, leaves: readonly Leaf[]): string | undefined {
  const namesakes = leaves.flatMap(({ elements }) => elements).filter((each) => each.name.localName === name.localName);
  return namesakes.find((each) => each.name.namespace !== name.namespace)?.name.namespace;
}
