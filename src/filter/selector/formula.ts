/**
 * A condition over properties of a message in the making: what must be true of every message that the filter can match. `true` is no
 * restriction, `false` says that there is no such message.
 */
export type Formula = boolean | { readonly kind: "and" | "or"; readonly parts: readonly Formula[] } | Atom;

/** A condition on one property, as the selector language writes it: `Status = 'busy'`. */
export interface Atom {
  readonly kind: "atom";
  readonly property: string;
  readonly text: string;
}

/** @param condition what stands behind the name of the property */
export function atom(property: string, condition: string): Atom {
  return { kind: "atom", property, text: `${property} ${condition}` };
}

/** The denial of a condition, which is unknown like it where the property is missing. */
export function not({ property, text }: Atom): Atom {
  return { kind: "atom", property, text: `NOT (${text})` };
}

export const IS_NULL = "IS NULL";
export const IS_NOT_NULL = "IS NOT NULL";

/** The condition where a property may be missing for no reason: every condition on a property is fulfilled without it. */
export function withoutProperties(formula: Formula): Formula {
  if (typeof formula === "boolean") return formula;
  if (formula.kind === "atom")
    return formula.text.endsWith(IS_NOT_NULL) ? true : or(formula, atom(formula.property, IS_NULL));
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
