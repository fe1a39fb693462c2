import { sameName, type ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "./component-table.ts";
import type { ElementDeclaration, Particle, Wildcard } from "./components.ts";
import { wildcardAllows, withSubstitutes } from "./content.ts";

/**
 * Follows a content model child by child and says what may come next. The engine names at most ten of the elements it expects
 * and does not say which of them are optional; this does.
 *
 * The state is what remains of the model (Brzozowski's derivative). A content model is deterministic (XML Schema 1.0
 * part 1, section 3.8.6), so the first way to go on is the only one, and occurrence counts stay numbers.
 */
export class ContentMatcher {
  #rest: Expression;

  constructor(particle: Particle | undefined, table: ComponentTable) {
    this.#rest = particle === undefined ? EMPTY : expressionOf(particle, table);
  }

  /** Takes the next child; false, and nothing changes, when the model does not allow it here. */
  accept(name: ExpandedName): boolean {
    const rest = derive(this.#rest, name);
    if (rest === undefined) return false;
    this.#rest = rest;
    return true;
  }

  /** What may come next, without repetitions. */
  get expected(): readonly Leaf[] {
    return [...new Set(firstOf(this.#rest))];
  }

  /** What must still come: every entry is needed; an entry of several is a choice. Empty when the content is complete. */
  get missing(): readonly (readonly Leaf[])[] {
    return neededBy(this.#rest);
  }
}

/** A place in a content model where one element stands. */
export interface Leaf {
  readonly kind: "leaf";
  /** The element, or everything that may stand in its place, or the wildcard. */
  readonly elements: readonly ElementDeclaration[];
  readonly wildcard: Wildcard | undefined;
}

type Expression =
  | Leaf
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly parts: readonly Expression[] }
  | { readonly kind: "all"; readonly parts: readonly Expression[] }
  | { readonly kind: "repeat"; readonly part: Expression; readonly min: number; readonly max: number };

const EMPTY: Expression = { kind: "sequence", parts: [] };

function expressionOf({ term, minOccurs, maxOccurs }: Particle, table: ComponentTable): Expression {
  const part = termOf(term, table);
  return minOccurs === 1 && maxOccurs === 1 ? part : repeat(part, minOccurs, maxOccurs);
}

function termOf(term: Particle["term"], table: ComponentTable): Expression {
  switch (term.kind) {
    case "element":
      return { kind: "leaf", elements: [term], wildcard: undefined };
    case "elementReference": {
      const declaration = table.element(term.name);
      const elements = declaration === undefined ? [] : withSubstitutes(declaration, table);
      return { kind: "leaf", elements: elements.filter(({ isAbstract }) => !isAbstract), wildcard: undefined };
    }
    case "wildcard":
      return { kind: "leaf", elements: [], wildcard: term };
    case "groupReference": {
      const particle = table.group(term.name)?.particle;
      return particle === undefined ? EMPTY : expressionOf(particle, table);
    }
    case "all":
    case "choice":
    case "sequence":
      return { kind: term.kind, parts: term.particles.map((particle) => expressionOf(particle, table)) };
  }
}

/** What remains of the expression behind an element of this name; undefined when it cannot begin with one. */
function derive(expression: Expression, name: ExpandedName): Expression | undefined {
  switch (expression.kind) {
    case "leaf":
      return matches(expression, name) ? EMPTY : undefined;
    case "choice":
      for (const part of expression.parts) {
        const rest = derive(part, name);
        if (rest !== undefined) return rest;
      }
      return undefined;
    case "sequence":
      for (const [index, part] of expression.parts.entries()) {
        const rest = derive(part, name);
        if (rest !== undefined) return sequence(rest, expression.parts.slice(index + 1));
        if (!isNullable(part)) return undefined;
      }
      return undefined;
    case "all":
      for (const [index, part] of expression.parts.entries()) {
        const rest = derive(part, name);
        if (rest === undefined) continue;
        return sequence(rest, [{ kind: "all", parts: expression.parts.toSpliced(index, 1) }]);
      }
      return undefined;
    case "repeat": {
      const { part, min, max } = expression;
      const rest = max > 0 ? derive(part, name) : undefined;
      return rest === undefined ? undefined : sequence(rest, [repeat(part, Math.max(min - 1, 0), max - 1)]);
    }
  }
}

function isNullable(expression: Expression): boolean {
  switch (expression.kind) {
    case "leaf":
      return false;
    case "choice":
      return expression.parts.some(isNullable);
    case "sequence":
    case "all":
      return expression.parts.every(isNullable);
    case "repeat":
      return expression.min === 0 || isNullable(expression.part);
  }
}

function firstOf(expression: Expression): readonly Leaf[] {
  switch (expression.kind) {
    case "leaf":
      return [expression];
    case "choice":
    case "all":
      return expression.parts.flatMap(firstOf);
    case "sequence": {
      const end = expression.parts.findIndex((part) => !isNullable(part));
      return expression.parts.slice(0, end < 0 ? undefined : end + 1).flatMap(firstOf);
    }
    case "repeat":
      return expression.max > 0 ? firstOf(expression.part) : [];
  }
}

function neededBy(expression: Expression): readonly (readonly Leaf[])[] {
  if (isNullable(expression)) return [];
  switch (expression.kind) {
    case "leaf":
      return [[expression]];
    case "choice":
      return expression.parts.length === 1 ? expression.parts.flatMap(neededBy) : [firstOf(expression)];
    case "sequence":
    case "all":
      return expression.parts.flatMap(neededBy);
    case "repeat":
      return neededBy(expression.part);
  }
}

function matches({ elements, wildcard }: Leaf, name: ExpandedName): boolean {
  if (wildcard !== undefined) return wildcardAllows(wildcard, name.namespace);
  return elements.some((element) => sameName(element.name, name));
}

function sequence(first: Expression, rest: readonly Expression[]): Expression {
  const head = first.kind === "sequence" ? first.parts : [first];
  const parts = [...head, ...rest.flatMap((part) => (part.kind === "sequence" ? part.parts : [part]))];
  return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
}

function repeat(part: Expression, min: number, max: number): Expression {
  return max === 0 ? EMPTY : { kind: "repeat", part, min, max };
}
