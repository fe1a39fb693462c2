import { positionOf } from "../../xml/index.ts";
import type { Finding } from "../engine/finding.ts";
import { withSubstitutes } from "../model/content.ts";
import { XSI_NAMESPACE } from "../model/xsd.ts";
import { nearestName } from "../suggest.ts";
import { explainMissingAttribute, explainUnexpectedAttribute, unexpectedAttribute } from "./explain-attributes.ts";
import { explainChildren, explainElementInValue, explainNotEmpty, explainTextBetween } from "./explain-content.ts";
import type { ExplainContext, Explainer } from "./explain-context.ts";
import {
  explainDatatype,
  explainEnumeration,
  explainFixed,
  explainLength,
  explainLimit,
  explainUnion,
} from "./explain-values.ts";
import { pathOf } from "./path-of.ts";
import type { ValidationProblem } from "./validation-problem.ts";
import { didYouMean, listOneOf, quote, shorten, shortenSentence } from "./words.ts";

/** Turns what the engine found into a problem: a path, a place, and words that say what would be right. */
export function explain(finding: Finding, context: ExplainContext): ValidationProblem {
  const explainer = EXPLAINERS[finding.code] ?? explainOther;
  const { element, attribute, code } = finding;
  const isNotAllowed = explainer === explainUnexpectedAttribute;
  const wrongAttribute = isNotAllowed ? unexpectedAttribute(finding, context) : attribute;
  const { line, column } = positionOf(wrongAttribute ?? element);
  // An attribute that must not be there, or that speaks about its element (xsi:type, xsi:nil), is a fault of the element.
  const isOwnNode = !isNotAllowed && wrongAttribute?.name.namespace !== XSI_NAMESPACE;
  const path = pathOf(isOwnNode ? (wrongAttribute ?? element) : element, context.namespace);
  return { path, line, column, code, ...explainer(finding, context) };
}

const explainAbstract: Explainer = ({ element }, { table, types }) => {
  const declaration = types.declarationOf(element);
  const substitutes = declaration === undefined ? [] : withSubstitutes(declaration, table).slice(1);
  const expected = substitutes.map(({ name }) => name.localName);
  const tail = expected.length === 0 ? "" : `; expected ${listOneOf(expected)}`;
  const { localName } = element.name;
  return {
    found: localName,
    expected,
    message: `element ${quote(localName)} is abstract and cannot occur itself${tail}`,
  };
};

const explainAbstractType: Explainer = ({ element }) => ({
  message: `the type of ${element.name.localName} is abstract; name a type derived from it in xsi:type`,
});

const explainNotNillable: Explainer = ({ element }) => ({
  found: "xsi:nil",
  message: `${element.name.localName} is not nillable; xsi:nil is not allowed here`,
});

const explainNilNotEmpty: Explainer = ({ element }) => ({
  message: `${element.name.localName} is marked as nil by xsi:nil and must be empty`,
});

const explainUndeclared: Explainer = ({ element }, { table }) => {
  const found = element.name.localName;
  const known = [...table.elements].map(({ name }) => name.localName);
  const suggestion = nearestName(found, known);
  return {
    found,
    ...(suggestion === undefined ? {} : { suggestion }),
    message: `element ${quote(found)} is not declared in this catalog${didYouMean(suggestion)}`,
  };
};

const explainUnknownType: Explainer = ({ element, value }, { table }) => {
  const [, namespace = "", localName = value] = /^\{(.*)\}([^}]*)$/.exec(value) ?? [];
  const suggestion = nearestName(localName, table.namesOf("type", namespace));
  return {
    found: shorten(localName),
    ...(suggestion === undefined ? {} : { suggestion }),
    message: `xsi:type of ${element.name.localName} names ${quote(localName)}, which is not a type of this catalog${didYouMean(suggestion)}`,
  };
};

const explainUnrelatedType: Explainer = ({ element, value }) => {
  const localName = value.slice(value.lastIndexOf("}") + 1);
  return {
    found: shorten(localName),
    message: `xsi:type of ${element.name.localName} names ${quote(localName)}, which is not derived from its declared type`,
  };
};

/** The engine's own words. */
const explainOther: Explainer = ({ element, text }) => ({
  message: `${element.name.localName}: ${shortenSentence(text)}`,
});

const EXPLAINERS: Readonly<Record<string, Explainer>> = {
  "cvc-au": explainFixed,
  "cvc-complex-type.2.1": explainNotEmpty,
  "cvc-complex-type.2.2": explainElementInValue,
  "cvc-complex-type.2.3": explainTextBetween,
  "cvc-complex-type.2.4": explainChildren,
  "cvc-complex-type.3.2.2": explainUnexpectedAttribute,
  "cvc-complex-type.4": explainMissingAttribute,
  "cvc-datatype-valid.1.2.1": explainDatatype,
  "cvc-datatype-valid.1.2.3": explainUnion,
  "cvc-elt.1": explainUndeclared,
  "cvc-elt.2": explainAbstract,
  "cvc-elt.3.1": explainNotNillable,
  "cvc-elt.3.2.1": explainNilNotEmpty,
  "cvc-elt.4.2": explainUnknownType,
  "cvc-elt.4.3": explainUnrelatedType,
  "cvc-elt.5.2.2.2.1": explainFixed,
  "cvc-elt.5.2.2.2.2": explainFixed,
  "cvc-enumeration-valid": explainEnumeration,
  "cvc-fractionDigits-valid": explainLimit,
  "cvc-length-valid": explainLength,
  "cvc-maxExclusive-valid": explainLimit,
  "cvc-maxInclusive-valid": explainLimit,
  "cvc-maxLength-valid": explainLength,
  "cvc-minExclusive-valid": explainLimit,
  "cvc-minInclusive-valid": explainLimit,
  "cvc-minLength-valid": explainLength,
  "cvc-pattern-valid": explainLimit,
  "cvc-totalDigits-valid": explainLimit,
  "cvc-type.2": explainAbstractType,
  "cvc-type.3.1.1": explainUnexpectedAttribute,
  "cvc-type.3.1.2": explainElementInValue,
};
