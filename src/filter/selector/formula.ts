import type { ComparisonOperator } from "./selector-value.ts";

/**
 * A condition over properties of a message in the making: what must be true of every message that the filter can match. `true` is no
 * restriction, `false` says that there is no such message.
 */
export type Formula = boolean | { readonly kind: "and" | "or"; readonly parts: readonly Formula[] } | Atom;

/** The same for those who read it. */
export type ImpliedCondition = Formula;

/** A condition on one property, as the selector language writes it: `Status = 'busy'`. */
export interface Atom {
  readonly kind: "atom";
  readonly property: string;
  readonly test: PropertyTest;
  readonly text: string;
}

/** What is asked of a property. All but `missing` are not fulfilled where there is none. */
export type PropertyTest =
  | { readonly kind: "compare"; readonly operator: ComparisonOperator; readonly value: string | number | boolean }
  | { readonly kind: "in"; readonly values: readonly string[] }
  | { readonly kind: "starts-with" | "ends-with" | "contains"; readonly part: string }
  | { readonly kind: "missing" | "present" }
  | { readonly kind: "not"; readonly test: PropertyTest };

export function atom(property: string, test: PropertyTest): Atom {
  return { kind: "atom", property, test, text: testText(property, test) };
}

/** The denial of a condition, which is unknown like it where the property is missing. */
export function not({ property, test }: Atom): Atom {
  return atom(property, { kind: "not", test });
}

export const MISSING: PropertyTest = { kind: "missing" };
export const PRESENT: PropertyTest = { kind: "present" };

/** The pattern of texts that have a part, which is meant letter by letter; its escape character is the backslash. */
export function likePattern(kind: "starts-with" | "ends-with" | "contains", part: string): string {
  const escaped = part.replaceAll(/[%_\\]/g, "\\$&");
  return `${kind === "starts-with" ? "" : "%"}${escaped}${kind === "ends-with" ? "" : "%"}`;
}

function testText(property: string, test: PropertyTest): string {
  switch (test.kind) {
    case "compare":
      return `${property} ${test.operator} ${literal(test.value)}`;
    case "in":
      return `${property} IN (${test.values.map(literal).join(", ")})`;
    case "missing":
      return `${property} IS NULL`;
    case "present":
      return `${property} IS NOT NULL`;
    case "not":
      return `NOT (${testText(property, test.test)})`;
    default: {
      const escape = /[%_\\]/.test(test.part) ? " ESCAPE '\\'" : "";
      return `${property} LIKE ${literal(likePattern(test.kind, test.part))}${escape}`;
    }
  }
}

function literal(value: string | number | boolean): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return typeof value === "boolean" ? (value ? "TRUE" : "FALSE") : String(value);
}

/** The condition where a property may be missing for no reason: every condition on a property is fulfilled without it. */
export function withoutProperties(formula: Formula): Formula {
  if (typeof formula === "boolean") return formula;
  if (formula.kind === "atom")
    return formula.test.kind === "present" ? true : or(formula, atom(formula.property, MISSING));
  const parts = formula.parts.map(withoutProperties);
  return formula.kind === "and" ? and(...parts) : or(...parts);
}

export function and(...parts: readonly Formula[]): Formula {
  return join("and", parts, false);
}

export function or(...parts: readonly Formula[]): Formula {
  return join("or", parts, true);
}

/** `deciding` is the truth value of a part that decides the whole; the other one has no say. */
function join(kind: "and" | "or", parts: readonly Formula[], deciding: boolean): Formula {
  const flat = parts.flatMap((part) => (typeof part === "object" && part.kind === kind ? part.parts : [part]));
  if (flat.includes(deciding)) return deciding;
  const different = new Map<string, Formula>();
  for (const part of flat) if (part !== !deciding) different.set(formulaText(part), part);
  const [first, ...others] = [...different.values()].filter((part) => !isAbsorbed(part, different));
  if (first === undefined) return !deciding;
  return others.length === 0 ? first : { kind, parts: [first, ...others] };
}

/** `a OR (a AND b)` is `a`, and so is `a AND (a OR b)`. */
function isAbsorbed(part: Formula, others: ReadonlyMap<string, Formula>): boolean {
  return typeof part === "object" && part.kind !== "atom" && part.parts.some((inner) => others.has(formulaText(inner)));
}

/** The formula as a selector. */
export function formulaText(formula: Formula): string {
  if (typeof formula === "boolean") return formula ? "TRUE" : "FALSE";
  if (formula.kind === "atom") return formula.text;
  const operator = formula.kind === "and" ? " AND " : " OR ";
  return formula.parts
    .map((part) => {
      const text = formulaText(part);
      return typeof part === "object" && part.kind !== "atom" && part.kind !== formula.kind ? `(${text})` : text;
    })
    .join(operator);
}
