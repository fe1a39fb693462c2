import type { PromotedField } from "../../schema/index.ts";
import type { LiteralSyntax } from "../syntax/ast.ts";
import { atom, likePattern, MISSING, or, PRESENT, type Formula, type PropertyTest } from "./formula.ts";
import { MAX_PATTERN_LENGTH } from "./like-pattern.ts";
import { RESERVED_WORDS } from "./selector-tokens.ts";
import type { ComparisonOperator } from "./selector-value.ts";

/**
 * What a comparison of a promoted field with a literal says of its property. Fields of which no property can be made for some texts (too
 * long, infinite, beyond 53 bits) may be missing where such a text would fulfil the comparison.
 */
export function comparisonCondition(field: PromotedField, operator: string, literal: LiteralSyntax): Formula {
  if (!isWritable(field)) return true;
  return literal.type === "string"
    ? textComparison(field, operator, literal.value)
    : numberComparison(field, operator, literal);
}

/** The field has a value: the element or attribute is there. */
export function presentCondition(field: PromotedField): Formula {
  return field.isTotal && isWritable(field) ? atom(field.property, PRESENT) : true;
}

/** The field is not there. */
export function absentCondition(field: PromotedField): Formula {
  return isWritable(field) ? isNull(field) : true;
}

/** The field's text begins with, ends with or contains a text, which is not empty. */
export function partCondition(
  field: PromotedField,
  where: "starts-with" | "ends-with" | "contains",
  part: string,
): Formula {
  const test = field.isExact && isWritable(field) ? partTest(where, part) : undefined;
  return test === undefined ? true : orMissing(field, atom(field.property, test));
}

/** That a text has a part, which is meant letter by letter; undefined where no pattern may be so long. */
export function partTest(kind: "starts-with" | "ends-with" | "contains", part: string): PropertyTest | undefined {
  return likePattern(kind, part).length > MAX_PATTERN_LENGTH ? undefined : { kind, part };
}

/** The text of the field is not the one of a literal. */
export function differentText(field: PromotedField, text: string): Formula {
  if (!field.isExact || !isWritable(field)) return true;
  return or(atom(field.property, { kind: "compare", operator: "<>", value: text }), isNull(field));
}

function textComparison(field: PromotedField, operator: string, text: string): Formula {
  if (operator === "=" || operator === "eq") {
    // Equal texts have equal values, whatever becomes of white space.
    const value = field.valueOf(text);
    return value === undefined ? true : atom(field.property, { kind: "compare", operator: "=", value: value.value });
  }
  if (field.isExact && (operator === "!=" || operator === "ne")) {
    return orMissing(field, atom(field.property, { kind: "compare", operator: "<>", value: text }));
  }
  return presentCondition(field);
}

/** Text without type beside a number is a double (XPath 3.1, section 3.7.2). */
function numberComparison(field: PromotedField, operator: string, literal: LiteralSyntax): Formula {
  const selectorOperator = OPERATORS[operator];
  const value = Number(literal.value);
  if (field.kind !== "integer" && field.kind !== "number") return presentCondition(field);
  if (selectorOperator === undefined || !Number.isFinite(value)) return presentCondition(field);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return presentCondition(field);
  const condition = atom(field.property, { kind: "compare", operator: selectorOperator, value });
  return selectorOperator === "=" ? condition : orMissing(field, condition);
}

const OPERATORS: Readonly<Record<string, ComparisonOperator | undefined>> = {
  "=": "=",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function orMissing(field: PromotedField, condition: Formula): Formula {
  return field.isTotal ? condition : or(condition, isNull(field));
}

function isNull({ property }: PromotedField): Formula {
  return atom(property, MISSING);
}

/** Whether a selector can name the property. */
function isWritable({ property }: PromotedField): boolean {
  return /^[\p{L}_][\p{L}_\p{Nd}]*$/u.test(property) && !RESERVED_WORDS.has(property.toUpperCase());
}
