import type { Expression } from "../../syntax/ast.ts";
import { assertMatches } from "../../values/match-type.ts";
import type { SequenceType } from "../../values/sequence-type.ts";
import type { Compiled } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";
import { BooleanExpression } from "./logic.ts";

/** `some` and `every` (XPath 3.1, section 3.12). */
export function compileQuantified(
  { at, quantifier, bindings, satisfies }: Extract<Expression, { kind: "quantified" }>,
  scope: Scope,
): Compiled {
  let inner = scope;
  const compiled: QuantifiedBinding[] = [];
  for (const { variable, type, in: sequence } of bindings) {
    const value = inner.compile(sequence);
    const declared = type === undefined ? undefined : inner.sequenceType(type);
    const bound = inner.bind(inner.resolve(variable, "none"), declared ?? { item: { kind: "item" }, occurrence: "" });
    compiled.push({ slot: bound.slot, value, type: declared });
    inner = bound.scope;
  }
  return new Quantified(at, quantifier === "some", compiled, inner.compile(satisfies));
}

interface QuantifiedBinding {
  readonly slot: number;
  readonly value: Compiled;
  readonly type: SequenceType | undefined;
}

class Quantified extends BooleanExpression {
  /** The answer that ends the search: true for `some`. */
  readonly #wanted: boolean;
  readonly #bindings: readonly QuantifiedBinding[];
  readonly #condition: Compiled;

  constructor(at: number, wanted: boolean, bindings: readonly QuantifiedBinding[], condition: Compiled) {
    super(at, [...bindings.map(({ value }) => value), condition]);
    this.#wanted = wanted;
    this.#bindings = bindings;
    this.#condition = condition;
  }

  override test(context: Context): boolean {
    return this.#find(context, 0) ? this.#wanted : !this.#wanted;
  }

  /** Whether a combination gives the wanted answer. */
  #find(context: Context, index: number): boolean {
    const binding = this.#bindings[index];
    if (binding === undefined) return this.#condition.test(context) === this.#wanted;
    const { budget } = context.environment;
    const { slot, value, type } = binding;
    return !value.each(context, (item) => {
      budget.step();
      const items = [item];
      if (type !== undefined) assertMatches(items, type, "the variable", this.at);
      context.slots[slot] = items;
      return !this.#find(context, index + 1);
    });
  }
}
