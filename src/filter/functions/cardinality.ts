import { Compiled, SINGLE, traitsOver, type Visitor } from "../evaluate/compiled.ts";
import type { Context } from "../evaluate/environment.ts";
import { BooleanExpression } from "../evaluate/expressions/logic.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** Whether there is an item: the first one decides. */
class Exists extends BooleanExpression {
  readonly #operand: Compiled;
  readonly #wanted: boolean;

  constructor(at: number, operand: Compiled, wanted: boolean) {
    super(at, [operand]);
    this.#operand = operand;
    this.#wanted = wanted;
  }

  override test(context: Context): boolean {
    // The visitor ends the evaluation with the first item.
    const isEmpty = this.#operand.each(context, () => false);
    return isEmpty !== this.#wanted;
  }
}

/** Counts without keeping the items. */
class Count extends Compiled {
  readonly #operand: Compiled;

  constructor(at: number, operand: Compiled) {
    super(at, traitsOver([operand], { ...SINGLE, items: "numbers" }));
    this.#operand = operand;
  }

  override each(context: Context, visit: Visitor): boolean {
    let count = 0;
    this.#operand.each(context, () => {
      count++;
      return true;
    });
    return visit(BigInt(count));
  }
}

/** `fn:exists`, `fn:empty` and `fn:count` (Functions and Operators 3.1, sections 14.1 and 14.4). */
export const CARDINALITY_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:exists($arg as item()*) as xs:boolean", ([items]) => [items!.length > 0], {
    compile: ([operand], at) => new Exists(at, operand!, true),
  }),
  define("fn:empty($arg as item()*) as xs:boolean", ([items]) => [items!.length === 0], {
    compile: ([operand], at) => new Exists(at, operand!, false),
  }),
  define("fn:count($arg as item()*) as xs:integer", ([items]) => [BigInt(items!.length)], {
    compile: ([operand], at) => new Count(at, operand!),
  }),
];
