import { XmlElement, type XmlAttribute } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { outlineOf } from "../model/simple-type.ts";
import { nearestName } from "../../nearest-name.ts";
import type { ValueProblem } from "../values/index.ts";
import { describeForm, literalsOf } from "./built-in-forms.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { didYouMean, listOneOf, quote, shorten } from "./words.ts";

/** Puts into words why the text of an element or attribute is not a value of its type. */
export function explainValue(
  problem: ValueProblem,
  node: XmlElement | XmlAttribute,
  table: ComponentTable,
): Explanation {
  switch (problem.facet) {
    case undefined:
      return problem.code === UNION ? explainUnion(problem, node, table) : explainForm(problem, node, table);
    case "enumeration":
      return explainEnumeration(problem, node, table);
    case "length":
    case "minLength":
    case "maxLength":
      return explainLength(problem, node);
    default:
      return explainLimit(problem, node);
  }
}

/** A value that differs from the fixed one (`cvc-elt.5.2.2.2`, `cvc-au`). */
export function explainFixed(value: string, fixed: string, node: XmlElement | XmlAttribute): Explanation {
  return {
    found: shorten(value),
    expected: [fixed],
    message: `value ${quote(value)} of ${subjectOf(node)} must be ${quote(fixed)}`,
  };
}

/** What a value belongs to: `Status`, or `attribute "unit" of Values`. */
export function subjectOf(node: XmlElement | XmlAttribute): string {
  if (node instanceof XmlElement) return node.name.localName;
  return `attribute ${quote(node.nodeName)} of ${node.parent.name.localName}`;
}

const UNION = "cvc-datatype-valid.1.2.3";

type Explainer = (problem: ValueProblem, node: XmlElement | XmlAttribute, table: ComponentTable) => Explanation;

/** A value outside of the lexical space of its built-in type. */
const explainForm: Explainer = (problem, node, table) => {
  const { builtIn } = outlineOf(problem.type, table);
  const suggestion = nearestName(problem.value.trim(), literalsOf(builtIn));
  const form = describeForm(builtIn);
  return {
    found: shorten(problem.value),
    expected: [`xs:${builtIn}`],
    ...withSuggestion(suggestion),
    message:
      `${describeValue(problem, node)} is not a valid xs:${builtIn}` +
      `${form === undefined ? "" : `; expected ${form}`}${didYouMean(suggestion)}`,
  };
};

/** A value that none of the member types of a union allows. */
const explainUnion: Explainer = (problem, node, table) => {
  const members = outlineOf(problem.type, table).members.map((member) => outlineOf(member, table));
  const values = members.flatMap(({ enumeration }) => enumeration ?? []);
  const types = members.filter(({ enumeration }) => enumeration === undefined).map(({ builtIn }) => `xs:${builtIn}`);
  const expected = [...new Set([...values, ...types])];
  const suggestion = nearestName(problem.value, values);
  const tail = expected.length === 0 ? "is not valid" : `is not ${listOneOf(expected)}`;
  return {
    found: shorten(problem.value),
    expected,
    ...withSuggestion(suggestion),
    message: `${describeValue(problem, node)} ${tail}${didYouMean(suggestion)}`,
  };
};

const explainEnumeration: Explainer = (problem, node, table) => {
  const { value } = problem;
  const expected = outlineOf(problem.type, table).enumeration ?? [problem.limit];
  const suggestion = nearestName(value, expected) ?? expected.find((each) => each === value.trim());
  return {
    found: shorten(value),
    expected,
    ...withSuggestion(suggestion),
    message: `${describeValue(problem, node)} is not ${listOneOf(expected.map(shorten))}${didYouMean(suggestion)}`,
  };
};

/** Facets that compare the value or its digits with one limit: what the message says behind the value. */
const LIMITS: Readonly<Record<string, (limit: string) => string>> = {
  pattern: (limit) => `does not match the pattern ${limit}`,
  minInclusive: (limit) => `must be at least ${limit}`,
  maxInclusive: (limit) => `must be at most ${limit}`,
  minExclusive: (limit) => `must be greater than ${limit}`,
  maxExclusive: (limit) => `must be less than ${limit}`,
  totalDigits: (limit) => `has more than ${limit} digits`,
  fractionDigits: (limit) => `has more than ${limit} digits after the decimal point`,
};

function explainLimit(problem: ValueProblem, node: XmlElement | XmlAttribute): Explanation {
  const { facet = "", limit, value } = problem;
  const verdict = LIMITS[facet]?.(shorten(limit)) ?? "is not valid";
  return { found: shorten(value), expected: [limit], message: `${describeValue(problem, node)} ${verdict}` };
}

const LENGTHS: Readonly<Record<string, string>> = { length: "exactly", minLength: "at least", maxLength: "at most" };

function explainLength(problem: ValueProblem, node: XmlElement | XmlAttribute): Explanation {
  const { facet = "", limit, value, length } = problem;
  const { count = 0, unit = "characters" } = length ?? {};
  const actual = unit === "characters" ? `length ${count}` : `${count} ${unit}`;
  return {
    found: shorten(value),
    expected: [limit],
    message: `${describeValue(problem, node)} has ${actual}; expected ${LENGTHS[facet] ?? "another"} ${limit}`,
  };
}

/** `value "busyy" of Status`, or `item "x" of Values` when it is one of a list. */
function describeValue({ value, isItem }: ValueProblem, node: XmlElement | XmlAttribute): string {
  return `${isItem ? "item" : "value"} ${quote(value)} of ${subjectOf(node)}`;
}
