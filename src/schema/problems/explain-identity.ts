import type { XmlAttribute, XmlElement } from "../../xml/index.ts";
import type { IdentityConstraint } from "../model/components.ts";
import { nearestName } from "../../nearest-name.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { subjectOf } from "./explain-values.ts";
import { didYouMean, listAll, quote, shorten } from "./words.ts";

/** An ID that another element has already (`cvc-id.2`). */
export function explainDoubleId(id: string): Explanation {
  return { found: shorten(id), message: `the ID ${quote(id)} is used a second time; IDs are unique in a document` };
}

/** A reference to an ID that no element has (`cvc-id.1`). */
export function explainUnknownId(id: string, node: XmlElement | XmlAttribute, known: Iterable<string>): Explanation {
  const suggestion = nearestName(id, known);
  return {
    found: shorten(id),
    ...withSuggestion(suggestion),
    message: `${subjectOf(node)} refers to the ID ${quote(id)}, which no element has${didYouMean(suggestion)}`,
  };
}

/** A key sequence that another element has already (`cvc-identity-constraint.4.1`, `.4.2.2`). */
export function explainDuplicate(
  { localName }: XmlElement,
  constraint: IdentityConstraint,
  values: readonly string[],
): Explanation {
  return {
    found: shown(values),
    message: `${localName} repeats ${tell(constraint, values)}, which must be unique (${nameOf(constraint)})`,
  };
}

/** A key field that is not there (`cvc-identity-constraint.4.2.1`), or that may be nil (`.4.2.3`). */
export function explainMissingField(
  { localName }: XmlElement,
  constraint: IdentityConstraint,
  field: string,
): Explanation {
  return { expected: [field], message: `${localName} has no ${field}, which is needed (${nameOf(constraint)})` };
}

/** A field that selects several nodes (`cvc-identity-constraint.3`). */
export function explainSeveralFields(
  { localName }: XmlElement,
  constraint: IdentityConstraint,
  field: string,
): Explanation {
  return {
    expected: [field],
    message: `${localName} has several ${field}; expected at most one (${nameOf(constraint)})`,
  };
}

/** A field that selects an element which holds elements (`cvc-identity-constraint.3`). */
export function explainFieldWithoutValue(
  { localName }: XmlElement,
  constraint: IdentityConstraint,
  field: string,
): Explanation {
  return { message: `${field} of ${localName} holds elements; expected a value (${nameOf(constraint)})` };
}

/** A reference to a key that is not there (`cvc-identity-constraint.4.3`). */
export function explainUnknownKey(
  { localName }: XmlElement,
  constraint: IdentityConstraint,
  values: readonly string[],
): Explanation {
  const key = constraint.refer === undefined ? "" : ` of ${quote(constraint.refer.localName)}`;
  return {
    found: shown(values),
    message: `${localName} refers by ${tell(constraint, values)} to a key${key} that is not there (${nameOf(constraint)})`,
  };
}

/** `@id "1"`, or `@a "1" and b "2"`. */
function tell({ fields }: IdentityConstraint, values: readonly string[]): string {
  return listAll(values.map((value, index) => `${fields[index] ?? "a field"} ${quote(value)}`));
}

function shown(values: readonly string[]): string {
  return values.map(shorten).join(", ");
}

function nameOf({ kind, name }: IdentityConstraint): string {
  return `${kind} ${quote(name.localName)}`;
}
