import { BooleanValue } from "../values/effective-boolean-value.ts";
import { BooleanExpression } from "../evaluate/expressions/logic.ts";
import type { Compiled } from "../evaluate/compiled.ts";
import type { Context } from "../evaluate/environment.ts";
import { Constant } from "../evaluate/expressions/literal.ts";
import type { Sequence } from "../values/item.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

function booleanValue(items: Sequence): boolean {
  const value = new BooleanValue();
  return items.some((item) => value.take(item)) || value.value;
}

class Test extends BooleanExpression {
  readonly #operand: Compiled;
  readonly #wanted: boolean;

  constructor(at: number, operand: Compiled, wanted: boolean) {
    super(at, [operand]);
    this.#operand = operand;
    this.#wanted = wanted;
  }

  override test(context: Context): boolean {
    return this.#operand.test(context) === this.#wanted;
  }
}

/** Functions and Operators 3.1, section 7. */
export const BOOLEAN_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:true() as xs:boolean", () => [true], { compile: (_, at) => new Constant(at, [true]) }),
  define("fn:false() as xs:boolean", () => [false], { compile: (_, at) => new Constant(at, [false]) }),
  define("fn:boolean($arg as item()*) as xs:boolean", ([items]) => [booleanValue(items!)], {
    compile: ([operand], at) => new Test(at, operand!, true),
  }),
  define("fn:not($arg as item()*) as xs:boolean", ([items]) => [!booleanValue(items!)], {
    compile: ([operand], at) => new Test(at, operand!, false),
  }),
];
