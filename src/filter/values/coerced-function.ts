import type { ExpandedName } from "../../xml/index.ts";
import type { Environment } from "../evaluate/environment.ts";
import { convert } from "./convert.ts";
import { FunctionItem } from "./function-item.ts";
import type { Sequence } from "./item.ts";
import type { SequenceType } from "./sequence-type.ts";

/** A function with another signature (XPath 3.1, section 3.1.5.3): arguments and result are converted at each call. */
export class CoercedFunction extends FunctionItem {
  readonly name: ExpandedName | undefined;
  readonly parameters: readonly SequenceType[];
  readonly result: SequenceType;
  readonly #function: FunctionItem;

  constructor(callee: FunctionItem, parameters: readonly SequenceType[], result: SequenceType) {
    super();
    this.name = callee.name;
    this.parameters = parameters;
    this.result = result;
    this.#function = callee;
  }

  override call(args: readonly Sequence[], environment: Environment): Sequence {
    const own = this.#function.parameters;
    const converted = args.map((items, i) => convert(items, own[i]!, () => `argument ${i + 1} of the function`, 0));
    return convert(this.#function.call(converted, environment), this.result, () => "the result of the function", 0);
  }
}
