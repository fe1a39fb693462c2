import type { PromotedField } from "../../schema/index.ts";
import type { AxisStep, Expression, FlworClause, LiteralSyntax, PathExpression, QNameSyntax } from "../syntax/ast.ts";
import { and, or, type Formula } from "./formula.ts";
import { isAnyElement, type QueryNames } from "./names.ts";
import { DOCUMENT, UNKNOWN_NODES, type EventPlaces, type Location, type Nodes } from "./places.ts";
import { absentCondition, comparisonCondition, differentText, partCondition } from "./property-conditions.ts";

/** What is known where an expression stands. */
export interface Surroundings {
  /** Where the context item is. */
  readonly item: Location | undefined;
  readonly variables: ReadonlyMap<string, Nodes>;
}

/**
 * What a filter's expressions say of the properties of messages with events of one type. Everything here is necessary, and nothing need be
 * sufficient: an expression that is not understood says `true`.
 */
export class Implication {
  readonly #places: EventPlaces;
  readonly #names: QueryNames;

  constructor(places: EventPlaces, names: QueryNames) {
    this.#places = places;
    this.#names = names;
  }

  /** What must be true when the effective boolean value of the expression is true. */
  condition(expression: Expression, around: Surroundings): Formula {
    switch (expression.kind) {
      case "logical": {
        const parts = expression.operands.map((operand) => this.condition(operand, around));
        return expression.operator === "and" ? and(...parts) : or(...parts);
      }
      case "binary":
        return and(this.nodes(expression, around).holds, this.#comparison(expression, around));
      case "functionCall":
        return this.#call(expression, around);
      case "quantified":
        return expression.quantifier === "some" ? this.#some(expression, around) : true;
      case "flwor": {
        const { inner, holds } = this.#clauses(expression.clauses, around);
        return and(holds, this.condition(expression.return, inner));
      }
      case "if":
        return or(
          and(this.condition(expression.condition, around), this.condition(expression.then, around)),
          and(this.denial(expression.condition, around), this.condition(expression.else, around)),
        );
      case "ordered":
      case "unordered":
        return this.condition(expression.body, around);
      default:
        return this.nodes(expression, around).holds;
    }
  }

  /** What must be true when the effective boolean value is false. */
  denial(expression: Expression, around: Surroundings): Formula {
    switch (expression.kind) {
      case "logical": {
        const parts = expression.operands.map((operand) => this.denial(operand, around));
        return expression.operator === "and" ? or(...parts) : and(...parts);
      }
      case "binary":
        return this.#differs(expression, around);
      case "functionCall": {
        const [argument] = expression.arguments;
        const name = this.#names.standardFunction(expression.name);
        if (name === "true") return false;
        if (argument === undefined || expression.arguments.length !== 1) return true;
        if (name === "not") return this.condition(argument, around);
        if (name === "boolean") return this.denial(argument, around);
        if (name === "exists") return this.#absence(argument, around);
        return name === "empty" ? this.nodes(argument, around).holds : true;
      }
      case "path":
      case "step":
        return this.#absence(expression, around);
      default:
        return true;
    }
  }

  /** Where the nodes of an expression are, and what must be true when it gives an item at all. */
  nodes(expression: Expression, around: Surroundings): Nodes {
    switch (expression.kind) {
      case "path":
        return this.#path(expression, around);
      case "step":
        return this.#step(expression, around.item, around);
      case "contextItem":
        return { ...UNKNOWN_NODES, at: around.item };
      case "variable":
        return around.variables.get(keyOf(expression.name)) ?? UNKNOWN_NODES;
      case "filter": {
        const base = this.nodes(expression.base, around);
        return this.#filtered(base, [expression.predicate], around);
      }
      case "simpleMap": {
        const left = this.nodes(expression.left, around);
        const right = this.nodes(expression.right, { ...around, item: left.at });
        return { ...UNKNOWN_NODES, holds: and(left.holds, right.holds) };
      }
      case "sequence": {
        const parts = expression.items.map((item) => this.nodes(item, around).holds);
        return { ...UNKNOWN_NODES, holds: or(...parts) };
      }
      case "binary":
        return this.#operation(expression, around);
      case "unary":
      case "treatAs":
      case "castAs":
        return { ...UNKNOWN_NODES, holds: this.nodes(expression.operand, around).holds };
      case "flwor": {
        const { inner, holds } = this.#clauses(expression.clauses, around);
        return { ...UNKNOWN_NODES, holds: and(holds, this.nodes(expression.return, inner).holds) };
      }
      case "if":
        return {
          ...UNKNOWN_NODES,
          holds: or(
            and(this.condition(expression.condition, around), this.nodes(expression.then, around).holds),
            and(this.denial(expression.condition, around), this.nodes(expression.else, around).holds),
          ),
        };
      case "ordered":
      case "unordered":
        return this.nodes(expression.body, around);
      default:
        return UNKNOWN_NODES;
    }
  }

  #path({ left, right }: PathExpression, around: Surroundings): Nodes {
    if (left !== "root" && left.kind === "path" && isAbbreviated(left.right) && right?.kind === "step") {
      const start = left.left === "root" ? rootOf(around) : this.nodes(left.left, around);
      return this.#descendants(start, right, around);
    }
    const start = left === "root" ? rootOf(around) : this.nodes(left, around);
    if (right === undefined) return start;
    const found =
      right.kind === "step"
        ? this.#step(right, start.at, around)
        : { ...this.nodes(right, { ...around, item: start.at }), isExact: false };
    return { at: found.at, holds: and(start.holds, found.holds), isExact: start.isExact && found.isExact };
  }

  /** `start//step`. */
  #descendants(start: Nodes, { axis, test, predicates }: AxisStep, around: Surroundings): Nodes {
    const name = axis === "child" || axis === "descendant" ? this.#names.tested(test, "element") : undefined;
    const found =
      name === undefined || start.at === undefined ? UNKNOWN_NODES : this.#places.descendant(start.at, name);
    const joined = { ...found, holds: and(start.holds, found.holds), isExact: start.isExact && found.isExact };
    return this.#filtered(joined, predicates, around);
  }

  #step({ axis, test, predicates }: AxisStep, from: Location | undefined, around: Surroundings): Nodes {
    return this.#filtered(from === undefined ? UNKNOWN_NODES : this.#along(axis, test, from), predicates, around);
  }

  #along(axis: AxisStep["axis"], test: AxisStep["test"], from: Location): Nodes {
    if (axis === "attribute") {
      const name = this.#names.tested(test, "attribute");
      return name === undefined ? UNKNOWN_NODES : this.#places.attribute(from, name);
    }
    if (axis === "self" && test.kind === "anyNode") return { at: from, holds: true, isExact: true };
    const name = this.#names.tested(test, "element");
    if (axis === "descendant" && name !== undefined) return this.#places.descendant(from, name);
    if (axis !== "child" || (name === undefined && !isAnyElement(test))) return UNKNOWN_NODES;
    return this.#places.child(from, name);
  }

  /** A number in a predicate is a position, which says nothing; all else that is understood is a condition. */
  #filtered(nodes: Nodes, predicates: readonly Expression[], around: Surroundings): Nodes {
    if (predicates.length === 0) return nodes;
    const inner = { ...around, item: nodes.at };
    const conditions = predicates.map((predicate) =>
      mayBeNumber(predicate) ? true : this.condition(predicate, inner),
    );
    return { at: nodes.at, holds: and(nodes.holds, ...conditions), isExact: false };
  }

  /** Operators without a value where a side has none. */
  #operation({ operator, left, right }: Binary, around: Surroundings): Nodes {
    const [a, b] = [this.nodes(left, around), this.nodes(right, around)];
    switch (operator) {
      case "union":
        return { ...UNKNOWN_NODES, holds: or(a.holds, b.holds) };
      case "intersect":
        return { at: a.at, holds: and(a.holds, b.holds), isExact: false };
      case "except":
        return { ...a, isExact: false };
      case "||":
        return UNKNOWN_NODES;
      default:
        return GENERAL_COMPARISONS.has(operator) ? UNKNOWN_NODES : { ...UNKNOWN_NODES, holds: and(a.holds, b.holds) };
    }
  }

  #comparison(expression: Binary, around: Surroundings): Formula {
    const { operator, left, right } = expression;
    if (!GENERAL_COMPARISONS.has(operator) && !VALUE_COMPARISONS.has(operator)) return true;
    const nonEmpty = and(this.nodes(left, around).holds, this.nodes(right, around).holds);
    const sides = literalSide(expression);
    if (sides === undefined) return nonEmpty;
    const field = this.#singleField(sides.other, around);
    if (field === undefined) return nonEmpty;
    return and(nonEmpty, or(...sides.literals.map((literal) => comparisonCondition(field, sides.operator, literal))));
  }

  /** What must be true when a comparison is false: the field is not there, or has another value. */
  #differs(expression: Binary, around: Surroundings): Formula {
    const sides = literalSide(expression);
    if (sides === undefined) return true;
    const { other, literals, operator } = sides;
    const field = this.nodes(other, around).isExact ? this.#singleField(other, around) : undefined;
    if (field === undefined || literals.some(({ type }) => type !== "string")) return true;
    if (operator === "=") return and(...literals.map(({ value }) => differentText(field, value)));
    const [only, more] = literals;
    if (operator !== "!=" || only === undefined || more !== undefined) return true;
    return or(comparisonCondition(field, "=", only), absentCondition(field));
  }

  #call(expression: Extract<Expression, { kind: "functionCall" }>, around: Surroundings): Formula {
    const [argument, second] = expression.arguments;
    const name = this.#names.standardFunction(expression.name);
    if (name === "false") return false;
    if (argument === undefined) return true;
    switch (expression.arguments.length) {
      case 1:
        if (name === "not") return this.denial(argument, around);
        if (name === "boolean") return this.condition(argument, around);
        if (name === "exists") return this.nodes(argument, around).holds;
        return name === "empty" ? this.#absence(argument, around) : true;
      case 2:
        if (name !== "contains" && name !== "starts-with" && name !== "ends-with") return true;
        return second?.kind === "literal" ? this.#part(name, argument, second.value, around) : true;
      default:
        return true;
    }
  }

  /** The empty text is a part of what is not there. */
  #part(name: "contains" | "starts-with" | "ends-with", of: Expression, part: string, around: Surroundings): Formula {
    if (part === "") return true;
    const field = this.#singleField(of, around);
    return and(this.nodes(of, around).holds, field === undefined ? true : partCondition(field, name, part));
  }

  #absence(expression: Expression, around: Surroundings): Formula {
    const { at, isExact } = this.nodes(expression, around);
    if (!isExact || at === undefined) return true;
    if (at.kind !== "place" || at.place.isRequired) return false;
    return at.place.promoted === undefined ? true : absentCondition(at.place.promoted);
  }

  /** The promoted field that the expression's node is. */
  #singleField(expression: Expression, around: Surroundings): PromotedField | undefined {
    const { at } = this.nodes(expression, around);
    return at?.kind === "place" ? at.place.promoted : undefined;
  }

  #some({ bindings, satisfies }: Extract<Expression, { kind: "quantified" }>, around: Surroundings): Formula {
    let inner = around;
    const conditions: Formula[] = [];
    for (const { variable, in: sequence } of bindings) {
      const nodes = this.nodes(sequence, inner);
      conditions.push(nodes.holds);
      inner = bind(inner, variable, nodes);
    }
    return and(...conditions, this.condition(satisfies, inner));
  }

  /** What must be true when there is a tuple behind the clauses. */
  #clauses(clauses: readonly FlworClause[], around: Surroundings): { inner: Surroundings; holds: Formula } {
    let inner = around;
    let holds: Formula = true;
    for (const clause of clauses) {
      switch (clause.kind) {
        case "for": {
          const nodes = this.nodes(clause.in, inner);
          if (!clause.allowingEmpty) holds = and(holds, nodes.holds);
          inner = bind(inner, clause.variable, clause.allowingEmpty ? { ...nodes, isExact: false } : nodes);
          if (clause.position !== undefined) inner = bind(inner, clause.position, UNKNOWN_NODES);
          break;
        }
        case "let":
          inner = bind(inner, clause.variable, this.nodes(clause.value, inner));
          break;
        case "where":
          holds = and(holds, this.condition(clause.condition, inner));
          break;
        case "orderBy":
          break;
        default:
          // These bind variables anew, and may make tuples of several ones.
          return { inner: { item: around.item, variables: new Map() }, holds };
      }
    }
    return { inner, holds };
  }
}

type Binary = Extract<Expression, { kind: "binary" }>;

/** What a path begins at that begins with a slash: a node that the query constructed may have another root. */
function rootOf({ item }: Surroundings): Nodes {
  return item === undefined ? UNKNOWN_NODES : DOCUMENT;
}

function isAbbreviated(step: Expression | undefined): boolean {
  return step?.kind === "step" && step.isAbbreviated === true;
}

function bind(around: Surroundings, name: QNameSyntax, nodes: Nodes): Surroundings {
  return { item: around.item, variables: new Map(around.variables).set(keyOf(name), nodes) };
}

/** Two ways to write one name make two variables here, of which one is unknown. */
function keyOf({ prefix, localName, uri }: QNameSyntax): string {
  return `${uri ?? ""} ${prefix}:${localName}`;
}

/** Anything whose value may be a number, which is then a position. */
function mayBeNumber({ kind }: Expression): boolean {
  return ["literal", "unary", "variable", "lookup", "dynamicCall", "castAs", "treatAs", "sequence"].includes(kind);
}

interface LiteralSide {
  readonly operator: string;
  readonly other: Expression;
  readonly literals: readonly LiteralSyntax[];
}

/** A comparison with literals, written the way that they are on the right. */
function literalSide({ operator, left, right }: Binary): LiteralSide | undefined {
  const onRight = literalsOf(right);
  if (onRight !== undefined) return { operator, other: left, literals: onRight };
  const onLeft = literalsOf(left);
  return onLeft === undefined
    ? undefined
    : { operator: MIRRORED[operator] ?? operator, other: right, literals: onLeft };
}

/** `1`, `-1`, `("a", "b")`. */
function literalsOf(expression: Expression): readonly LiteralSyntax[] | undefined {
  switch (expression.kind) {
    case "literal":
      return [expression];
    case "unary": {
      const { operand, operator } = expression;
      if (operand.kind !== "literal" || operand.type === "string") return undefined;
      return [operator === "-" ? { ...operand, value: `-${operand.value}` } : operand];
    }
    case "sequence": {
      const items = expression.items.map(literalsOf);
      return items.length > 0 && items.every((item) => item !== undefined) ? items.flat() : undefined;
    }
    default:
      return undefined;
  }
}

const GENERAL_COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="]);
const VALUE_COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
const MIRRORED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
