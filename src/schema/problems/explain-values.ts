import { isNCName, stringValue } from "../../xml/index.ts";
import type { Finding } from "../engine/finding.ts";
import { outlineOf, type SimpleTypeOutline } from "../model/simple-type.ts";
import { nearestName } from "../suggest.ts";
import { describeForm, literalsOf } from "./built-in-forms.ts";
import type { ExplainContext, Explainer, Explanation } from "./explain-context.ts";
import { didYouMean, listOneOf, quote, shorten, shortenSentence } from "./words.ts";

/** A value outside the lexical space of its built-in type (`cvc-datatype-valid.1.2.1`). */
export const explainDatatype: Explainer = (finding, context) => {
  const type = atomicOutline(finding, context);
  const found = shorten(finding.value);
  if (type === undefined)
    return { found, message: `${describeValue(finding, context)} is not valid: ${shortenSentence(finding.text)}` };
  if (type.builtIn === "ID" && isNCName(finding.value)) {
    return { found, message: `the ID ${quote(finding.value)} is used a second time; IDs are unique in a document` };
  }
  const suggestion = nearestName(finding.value.trim(), literalsOf(type.builtIn));
  const form = describeForm(type.builtIn);
  return {
    found,
    expected: [`xs:${type.builtIn}`],
    ...(suggestion === undefined ? {} : { suggestion }),
    message:
      `${describeValue(finding, context)} is not a valid xs:${type.builtIn}` +
      `${form === undefined ? "" : `; expected ${form}`}${didYouMean(suggestion)}`,
  };
};

/** A value that none of the member types of a union allows (`cvc-datatype-valid.1.2.3`). */
export const explainUnion: Explainer = (finding, context) => {
  const members = (outlineAt(finding, context)?.members ?? []).map((member) => outlineOf(member, context.table));
  const values = members.flatMap(({ enumeration }) => enumeration ?? []);
  const types = members.filter(({ enumeration }) => enumeration === undefined).map(({ builtIn }) => `xs:${builtIn}`);
  const expected = [...new Set([...values, ...types])];
  const suggestion = nearestName(finding.value, values);
  const tail = expected.length === 0 ? "is not valid" : `is not ${listOneOf(expected)}`;
  return {
    found: shorten(finding.value),
    expected,
    ...(suggestion === undefined ? {} : { suggestion }),
    message: `${describeValue(finding, context)} ${tail}${didYouMean(suggestion)}`,
  };
};

/** A value that is not one of the enumeration (`cvc-enumeration-valid`). */
export const explainEnumeration: Explainer = (finding, context) => {
  const outline = outlineAt(finding, context);
  const item = outline?.item === undefined ? undefined : outlineOf(outline.item, context.table);
  const expected = outline?.enumeration ?? item?.enumeration ?? [finding.limit];
  const suggestion = nearestName(finding.value, expected) ?? expected.find((each) => each === finding.value.trim());
  return {
    found: shorten(finding.value),
    expected,
    ...(suggestion === undefined ? {} : { suggestion }),
    message: `${describeValue(finding, context)} is not ${listOneOf(expected.map(shorten))}${didYouMean(suggestion)}`,
  };
};

/** Facets that compare the value or its digits with one limit: what the message says behind the value. */
const LIMITS: Readonly<Record<string, (limit: string) => string>> = {
  "cvc-pattern-valid": (limit) => `does not match the pattern ${limit}`,
  "cvc-minInclusive-valid": (limit) => `must be at least ${limit}`,
  "cvc-maxInclusive-valid": (limit) => `must be at most ${limit}`,
  "cvc-minExclusive-valid": (limit) => `must be greater than ${limit}`,
  "cvc-maxExclusive-valid": (limit) => `must be less than ${limit}`,
  "cvc-totalDigits-valid": (limit) => `has more than ${limit} digits`,
  "cvc-fractionDigits-valid": (limit) => `has more than ${limit} digits after the decimal point`,
};

/** A value that violates a pattern, a bound or a number of digits. */
export const explainLimit: Explainer = (finding, context) => {
  const verdict = LIMITS[finding.code]?.(shorten(finding.limit)) ?? "is not valid";
  return {
    found: shorten(finding.value),
    expected: [finding.limit],
    message: `${describeValue(finding, context)} ${verdict}`,
  };
};

const LENGTHS: Readonly<Record<string, string>> = {
  "cvc-length-valid": "exactly",
  "cvc-minLength-valid": "at least",
  "cvc-maxLength-valid": "at most",
};

/** A value that is too short or too long; for lists the items count. */
export const explainLength: Explainer = (finding, context) => {
  const unit = outlineAt(finding, context)?.variety === "list" ? "items" : "length";
  const text = textOf(finding);
  const required = `${LENGTHS[finding.code] ?? "another"} ${finding.limit}`;
  const length = unit === "items" ? `${finding.value} items` : `length ${finding.value}`;
  return {
    found: shorten(text),
    expected: [finding.limit],
    message: `value ${quote(text)} of ${subjectOf(finding)} has ${length}; expected ${required}`,
  };
};

/** A value that differs from the fixed one (`cvc-elt.5.2.2.2`, `cvc-au`). */
export const explainFixed: Explainer = (finding, context): Explanation => ({
  found: shorten(finding.value),
  expected: [finding.limit],
  message: `${describeValue(finding, context)} must be ${quote(finding.limit)}`,
});

/** What a value belongs to: `Status`, or `attribute "unit" of Values`. */
export function subjectOf({ element, attribute }: Finding): string {
  const { localName } = element.name;
  return attribute === undefined ? localName : `attribute ${quote(attribute.nodeName)} of ${localName}`;
}

/** `value "busyy" of Status`, or `item "x" of Values` when it is one of a list. */
function describeValue(finding: Finding, context: ExplainContext): string {
  const isItem = outlineAt(finding, context)?.variety === "list" && finding.value.trim() !== textOf(finding).trim();
  return `${isItem ? "item" : "value"} ${quote(finding.value)} of ${subjectOf(finding)}`;
}

function textOf({ element, attribute }: Finding): string {
  return attribute?.value ?? stringValue(element);
}

function outlineAt({ element, attribute }: Finding, { types, table }: ExplainContext): SimpleTypeOutline | undefined {
  const type = types.valueTypeOf(element, attribute === undefined ? undefined : String(attribute.name));
  return type === undefined ? undefined : outlineOf(type, table);
}

/** The outline of the type, or of the items for a list. */
function atomicOutline(finding: Finding, context: ExplainContext): SimpleTypeOutline | undefined {
  const outline = outlineAt(finding, context);
  return outline?.item === undefined ? outline : outlineOf(outline.item, context.table);
}
