import type { ExpandedName } from "../../../xml/index.ts";
import type { InlineFunction } from "../../syntax/ast.ts";
import { convert } from "../../values/convert.ts";
import { FunctionItem } from "../../values/function-item.ts";
import type { Sequence } from "../../values/item.ts";
import { QueryError } from "../../values/query-error.ts";
import type { SequenceType } from "../../values/sequence-type.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context, Environment } from "../environment.ts";
import { Activation } from "../focus.ts";
import type { Scope } from "../scope.ts";

/** `function($x) { … }` (XPath 3.1, section 3.1.7): sees the variables around it, and no focus. */
export function compileInlineFunction(syntax: InlineFunction, scope: Scope): Compiled {
  let inner = scope;
  const slots: number[] = [];
  const names = new Set<string>();
  const parameters = syntax.parameters.map(({ name, type, at }) => {
    const resolved = scope.resolve(name, "none");
    if (names.has(String(resolved))) {
      throw new QueryError("XQST0039", `two parameters are called $${resolved.localName}`, at);
    }
    names.add(String(resolved));
    const declared = scope.sequenceType(type);
    const bound = inner.bind(resolved, declared);
    slots.push(bound.slot);
    inner = bound.scope;
    return declared;
  });
  const result = scope.sequenceType(syntax.result);
  return new InlineFunctionExpression(syntax.at, { parameters, result, slots, body: inner.compile(syntax.body) });
}

interface InlineParts {
  readonly parameters: readonly SequenceType[];
  readonly result: SequenceType;
  /** Where the parameters go. */
  readonly slots: readonly number[];
  readonly body: Compiled;
}

class InlineFunctionExpression extends Compiled {
  readonly #parts: InlineParts;

  constructor(at: number, parts: InlineParts) {
    super(at, traitsOver([], SINGLE));
    this.#parts = parts;
  }

  override each(context: Context, visit: Visitor): boolean {
    context.environment.budget.hold(context.slots.length);
    return visit(new Closure(this.#parts, [...context.slots]));
  }
}

class Closure extends FunctionItem {
  readonly name: ExpandedName | undefined = undefined;
  readonly parameters: readonly SequenceType[];
  readonly result: SequenceType;
  readonly #parts: InlineParts;
  readonly #captured: readonly Sequence[];

  constructor(parts: InlineParts, captured: readonly Sequence[]) {
    super();
    this.parameters = parts.parameters;
    this.result = parts.result;
    this.#parts = parts;
    this.#captured = captured;
  }

  override call(args: readonly Sequence[], environment: Environment): Sequence {
    const slots = [...this.#captured];
    for (const [i, slot] of this.#parts.slots.entries()) slots[slot] = args[i]!;
    const { body, result } = this.#parts;
    const items = body.items(new Activation(environment, slots));
    return convert(items, result, () => "the result of the function", body.at);
  }
}
