import type { AxisStep, Expression, FlworClause, PathExpression } from "../syntax/ast.ts";
import { subExpressions } from "../syntax/sub-expressions.ts";
import type { ConditionKind, ConditionRole } from "./explanation.ts";

/** A condition before anything is evaluated: what stands where in the tree. */
export interface Plan {
  readonly kind: ConditionKind;
  /** Whose text and outcome it is. */
  readonly expression: Expression;
  /** The expressions whose values are shown as seen. */
  readonly operands: readonly Expression[];
  readonly role: ConditionRole | undefined;
  /** Of several evaluations all must hold. */
  readonly needsAll: boolean;
  readonly children: readonly Plan[];
}

/** Lays out the conditions of a filter whose effective boolean value is asked for. */
export function planOf(expression: Expression): Plan {
  return new Planner(false).condition(expression);
}

class Planner {
  readonly #needsAll: boolean;

  constructor(needsAll: boolean) {
    this.#needsAll = needsAll;
  }

  /** An expression whose effective boolean value counts. */
  condition(expression: Expression): Plan {
    switch (expression.kind) {
      case "logical":
        return this.#plan(
          expression.operator,
          expression,
          expression.operands.map((each) => this.condition(each)),
        );
      case "binary":
        return COMPARISONS.has(expression.operator)
          ? this.#plan("comparison", expression, this.#values(expression))
          : this.#value(expression);
      case "functionCall":
        return this.#call(expression);
      case "path":
      case "step":
        return this.#path(expression);
      case "filter": {
        const parts = [...this.#inValue(expression.base), this.#predicate(expression.predicate)];
        return { ...this.#plan("path", expression, parts), operands: [expression] };
      }
      case "quantified": {
        const inner = new Planner(expression.quantifier === "every");
        const bindings = expression.bindings.flatMap((binding) => this.#inValue(binding.in));
        return this.#plan("quantified", expression, [
          ...bindings,
          { ...inner.condition(expression.satisfies), role: "satisfies" },
        ]);
      }
      case "flwor":
        return this.#flwor(expression);
      case "if":
        return this.#plan("if", expression, [
          this.condition(expression.condition),
          this.condition(expression.then),
          this.condition(expression.else),
        ]);
      case "ordered":
      case "unordered":
        return this.condition(expression.body);
      case "extension":
        return expression.body === undefined ? this.#value(expression) : this.condition(expression.body);
      default:
        return this.#value(expression);
    }
  }

  #call(expression: Extract<Expression, { kind: "functionCall" }>): Plan {
    const { name, arguments: args } = expression;
    const [argument] = args;
    const isStandard = name.uri === undefined && (name.prefix === "" || name.prefix === "fn");
    if (isStandard && args.length === 1 && argument !== undefined) {
      if (name.localName === "not") return this.#plan("not", expression, [this.condition(argument)]);
      if (name.localName === "boolean") return this.#plan("function", expression, [this.condition(argument)]);
    }
    const operands = args.filter((each) => each !== undefined && each.kind !== "literal") as readonly Expression[];
    return { ...this.#plan("function", expression, this.#values(expression)), operands };
  }

  /** The steps of a path, each with its predicates. */
  #path(expression: PathExpression | AxisStep): Plan {
    return {
      ...this.#plan(
        "path",
        expression,
        stepsOf(expression).flatMap((step) => this.#step(step)),
      ),
      operands: [expression],
    };
  }

  #step(step: Expression): readonly Plan[] {
    if (step.kind !== "step") return this.#inValue(step);
    if (step.isAbbreviated === true) return [];
    const predicates = step.predicates
      .filter((predicate) => predicate.kind !== "literal")
      .map((predicate) => this.#predicate(predicate));
    return [{ ...this.#plan("step", step, predicates), operands: [step] }];
  }

  #predicate(expression: Expression): Plan {
    return { ...new Planner(false).condition(expression), role: "predicate" };
  }

  #flwor(expression: Extract<Expression, { kind: "flwor" }>): Plan {
    const isSingle = expression.clauses.every((clause) => clause.kind === "let" || clause.kind === "count");
    const result = isSingle ? [this.condition(expression.return)] : this.#inValue(expression.return);
    return this.#plan("flwor", expression, [
      ...expression.clauses.flatMap((clause) => this.#clause(clause)),
      ...result,
    ]);
  }

  #clause(clause: FlworClause): readonly Plan[] {
    switch (clause.kind) {
      case "for":
        return this.#inValue(clause.in);
      case "let":
        return this.#inValue(clause.value);
      case "where":
        return [{ ...new Planner(false).condition(clause.condition), role: "where" }];
      case "window":
        return this.#inValue(clause.in);
      default:
        return [];
    }
  }

  /** Anything else: its value is shown, and the conditions inside of it. */
  #value(expression: Expression): Plan {
    return { ...this.#plan("value", expression, this.#values(expression)), operands: [expression] };
  }

  #values(expression: Expression): readonly Plan[] {
    return subExpressions(expression).flatMap((each) => this.#inValue(each));
  }

  /** The conditions inside an expression whose value counts: those of its paths. */
  #inValue(expression: Expression): readonly Plan[] {
    switch (expression.kind) {
      case "path":
      case "step":
        return [this.#path(expression)];
      case "filter":
      case "quantified":
      case "flwor":
      case "logical":
        return [this.condition(expression)];
      default:
        return this.#values(expression);
    }
  }

  #plan(kind: ConditionKind, expression: Expression, children: readonly Plan[]): Plan {
    return {
      kind,
      expression,
      operands: [],
      role: undefined,
      needsAll: this.#needsAll,
      children,
    };
  }
}

/** The steps of a path from left to right. */
export function stepsOf(expression: Expression): readonly Expression[] {
  const steps: Expression[] = [];
  let rest: Expression | "root" = expression;
  while (rest !== "root" && rest.kind === "path") {
    if (rest.right !== undefined) steps.unshift(rest.right);
    rest = rest.left;
  }
  return rest === "root" ? steps : [rest, ...steps];
}

const COMPARISONS: ReadonlySet<string> = new Set([
  ...["=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge", "is", "<<", ">>"],
]);
