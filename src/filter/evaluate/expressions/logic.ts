import type { Expression } from "../../syntax/ast.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";

/** An expression whose result is one boolean; {@link Compiled.test} computes it. */
export abstract class BooleanExpression extends Compiled {
  constructor(at: number, parts: readonly Compiled[]) {
    super(at, traitsOver(parts, { ...SINGLE, items: "booleans" }));
  }

  override each(context: Context, visit: Visitor): boolean {
    return visit(this.test(context));
  }

  abstract override test(context: Context): boolean;
}

/** `or` and `and` (XPath 3.1, section 3.8), from left to right, as far as needed. */
export function compileLogical(
  { at, operator, operands }: Extract<Expression, { kind: "logical" }>,
  scope: Scope,
): Compiled {
  const parts = operands.map((operand) => scope.compile(operand));
  return operator === "or" ? new Or(at, parts) : new And(at, parts);
}

class Or extends BooleanExpression {
  readonly #operands: readonly Compiled[];

  constructor(at: number, operands: readonly Compiled[]) {
    super(at, operands);
    this.#operands = operands;
  }

  override test(context: Context): boolean {
    for (const operand of this.#operands) if (operand.test(context)) return true;
    return false;
  }
}

class And extends BooleanExpression {
  readonly #operands: readonly Compiled[];

  constructor(at: number, operands: readonly Compiled[]) {
    super(at, operands);
    this.#operands = operands;
  }

  override test(context: Context): boolean {
    for (const operand of this.#operands) if (!operand.test(context)) return false;
    return true;
  }
}
