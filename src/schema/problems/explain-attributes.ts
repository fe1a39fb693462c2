import type { XmlElement } from "../../xml/index.ts";
import type { Finding } from "../engine/finding.ts";
import { effectiveAttributes, type EffectiveAttribute } from "../model/content.ts";
import { XSI_NAMESPACE } from "../model/xsd.ts";
import { nearestName } from "../suggest.ts";
import type { ExplainContext, Explainer } from "./explain-context.ts";
import { didYouMean, listOneOf, quote, shortenSentence } from "./words.ts";

/** An attribute that is not allowed (`cvc-complex-type.3.2.2`, `cvc-type.3.1.1`). */
export const explainUnexpectedAttribute: Explainer = (finding, context) => {
  const attribute = unexpectedAttribute(finding, context);
  if (attribute === undefined) return { message: shortenSentence(finding.text) };
  const allowed = attributesOf(finding.element, context).map(({ declaration }) => declaration.name.localName);
  const suggestion = nearestName(attribute.name.localName, allowed);
  const tail = allowed.length === 0 ? "which has no attributes" : `which allows ${listOneOf(allowed.map(quote))}`;
  return {
    found: attribute.nodeName,
    expected: allowed,
    ...(suggestion === undefined ? {} : { suggestion }),
    message:
      `attribute ${quote(attribute.nodeName)} is not allowed in ${finding.element.name.localName}, ${tail}` +
      didYouMean(suggestion),
  };
};

/** A required attribute that is not there (`cvc-complex-type.4`). */
export const explainMissingAttribute: Explainer = ({ element, value }, context) => {
  const present = new Set(element.attributes.map(({ name }) => String(name)));
  const missing = attributesOf(element, context).filter(
    ({ isRequired, declaration }) => isRequired && !present.has(String(declaration.name)),
  );
  // The engine reports one finding for each missing attribute and names it, in Clark notation outside of the empty namespace.
  const name =
    missing.find(({ declaration }) => String(declaration.name) === value)?.declaration.name.localName ?? value;
  return { expected: [name], message: `${element.name.localName} has no attribute ${quote(name)}, which is required` };
};

/** The attribute that a finding is about, also where the engine does not name it: an element of simple type has none at all. */
export function unexpectedAttribute({ element, attribute }: Finding, context: ExplainContext): Finding["attribute"] {
  if (attribute !== undefined) return attribute;
  const allowed = new Set(attributesOf(element, context).map(({ declaration }) => String(declaration.name)));
  return element.attributes.find(({ name }) => name.namespace !== XSI_NAMESPACE && !allowed.has(String(name)));
}

function attributesOf(element: XmlElement, { types, table }: ExplainContext): readonly EffectiveAttribute[] {
  const type = types.typeOf(element);
  return type?.kind === "complexType" ? effectiveAttributes(type, table) : [];
}
