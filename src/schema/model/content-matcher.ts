import { sameName, type ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "./component-table.ts";
import type { ElementDeclaration, Particle, Wildcard } from "./components.ts";
import { wildcardAllows } from "./content.ts";
import { substitutesOf } from "./derivation.ts";

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
    this.#rest = particle === undefined ? EMPTY : compiled(particle, table);
  }

  /** Takes the next child; false, and nothing changes, when the model does not allow it here. */
  accept(name: ExpandedName): boolean {
    return this.take(name) !== undefined;
  }

  /** Takes the next child and tells its place in the model; undefined, and nothing changes, when there is none for it here. */
  take(name: ExpandedName): Leaf | undefined {
    const step = derive(this.#rest, name);
    if (step === undefined) return undefined;
    this.#rest = step.rest;
    return step.leaf;
  }

  /** Whether the next so many children may all have this name; nothing changes. */
  accepts(name: ExpandedName, times: number): boolean {
    let rest: Expression | undefined = this.#rest;
    for (let i = 0; i < times && rest !== undefined; i++) rest = derive(rest, name)?.rest;
    return rest !== undefined;
  }

  /** The nearest place further on in the model for a child of this name, and what would have to come before it; nothing changes. */
  findLater(name: ExpandedName): LaterPlace | undefined {
    return leap(this.#rest, name);
  }

  /** Goes on behind a place that {@link findLater} found, as if what comes before it had been there. */
  continueBehind({ rest }: LaterPlace): void {
    this.#rest = rest;
  }

  /** What must still come behind a later place, as {@link missing}. */
  missingBehind({ rest }: LaterPlace): readonly (readonly Leaf[])[] {
    return neededBy(rest);
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
  /** The element that the model names, when it is abstract: it has this place, but only its substitutes may occur there. */
  readonly abstractHead?: ElementDeclaration;
}

/** A place in a content model that the children have not reached yet. */
export interface LaterPlace {
  readonly leaf: Leaf;
  /** What is needed before it, as {@link ContentMatcher.missing}. */
  readonly skipped: readonly (readonly Leaf[])[];
  /** @internal what remains of the model behind it */
  readonly rest: Expression;
}

/** @internal */
export type Expression =
  | Leaf
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly parts: readonly Expression[] }
  | { readonly kind: "all"; readonly parts: readonly Expression[] }
  | { readonly kind: "repeat"; readonly part: Expression; readonly min: number; readonly max: number };

const EMPTY: Expression = { kind: "sequence", parts: [] };

/** A document may have the same content model a hundred thousand times. */
const compiledModels = new WeakMap<ComponentTable, WeakMap<Particle, Expression>>();

function compiled(particle: Particle, table: ComponentTable): Expression {
  let models = compiledModels.get(table);
  if (models === undefined) {
    models = new WeakMap();
    compiledModels.set(table, models);
  }
  let model = models.get(particle);
  if (model === undefined) {
    model = expressionOf(particle, table);
    models.set(particle, model);
  }
  return model;
}

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
      const all = declaration === undefined ? [] : substitutesOf(declaration, table);
      const elements = all.filter(({ isAbstract }) => !isAbstract);
      const leaf: Leaf = { kind: "leaf", elements, wildcard: undefined };
      return declaration?.isAbstract === true ? { ...leaf, abstractHead: declaration } : leaf;
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

/** One child: its place, and what remains of the expression behind it. */
interface Step {
  readonly leaf: Leaf;
  readonly rest: Expression;
}

/** The step that an element of this name makes; undefined when the expression cannot begin with one. */
function derive(expression: Expression, name: ExpandedName): Step | undefined {
  switch (expression.kind) {
    case "leaf":
      return matches(expression, name) ? { leaf: expression, rest: EMPTY } : undefined;
    case "choice":
      for (const part of expression.parts) {
        const step = derive(part, name);
        if (step !== undefined) return step;
      }
      return undefined;
    case "sequence":
      for (const [index, part] of expression.parts.entries()) {
        const step = derive(part, name);
        if (step !== undefined) return behind(step, expression.parts.slice(index + 1));
        if (!isNullable(part)) return undefined;
      }
      return undefined;
    case "all":
      for (const [index, part] of expression.parts.entries()) {
        const step = derive(part, name);
        if (step !== undefined) return behind(step, [{ kind: "all", parts: expression.parts.toSpliced(index, 1) }]);
      }
      return undefined;
    case "repeat": {
      const { part, min, max } = expression;
      const step = max > 0 ? derive(part, name) : undefined;
      return step === undefined ? undefined : behind(step, [repeat(part, Math.max(min - 1, 0), max - 1)]);
    }
  }
}

function behind<S extends Step>(step: S, rest: readonly Expression[]): S {
  return { ...step, rest: sequence(step.rest, rest) };
}

/** Like {@link derive}, but passes over what is needed before the element. */
function leap(expression: Expression, name: ExpandedName): LaterPlace | undefined {
  switch (expression.kind) {
    case "leaf":
      return matches(expression, name) ? { leaf: expression, skipped: [], rest: EMPTY } : undefined;
    case "choice":
      for (const part of expression.parts) {
        const place = leap(part, name);
        if (place !== undefined) return place;
      }
      return undefined;
    case "sequence":
      for (const [index, part] of expression.parts.entries()) {
        const place = leap(part, name);
        if (place === undefined) continue;
        const before = expression.parts.slice(0, index).flatMap(neededBy);
        return behind({ ...place, skipped: [...before, ...place.skipped] }, expression.parts.slice(index + 1));
      }
      return undefined;
    case "all":
      for (const [index, part] of expression.parts.entries()) {
        const place = leap(part, name);
        if (place !== undefined) return behind(place, [{ kind: "all", parts: expression.parts.toSpliced(index, 1) }]);
      }
      return undefined;
    case "repeat": {
      const { part, min, max } = expression;
      const place = max > 0 ? leap(part, name) : undefined;
      return place === undefined ? undefined : behind(place, [repeat(part, Math.max(min - 1, 0), max - 1)]);
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

function matches({ elements, wildcard, abstractHead }: Leaf, name: ExpandedName): boolean {
  if (wildcard !== undefined) return wildcardAllows(wildcard, name.namespace);
  if (abstractHead !== undefined && sameName(abstractHead.name, name)) return true;
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
