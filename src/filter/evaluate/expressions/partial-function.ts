import type { ExpandedName } from "../../../xml/index.ts";
import { FunctionItem } from "../../values/function-item.ts";
import type { Sequence } from "../../values/item.ts";
import type { SequenceType } from "../../values/sequence-type.ts";
import type { Environment } from "../environment.ts";

/** A function of which some arguments are given already. */
export class PartialFunction extends FunctionItem {
  readonly name: ExpandedName | undefined = undefined;
  readonly parameters: readonly SequenceType[];
  readonly result: SequenceType;
  readonly #function: FunctionItem;
  readonly #arguments: readonly (Sequence | undefined)[];

  constructor(callee: FunctionItem, args: readonly (Sequence | undefined)[]) {
    super();
    this.#function = callee;
    this.#arguments = args;
    this.parameters = callee.parameters.filter((_, i) => args[i] === undefined);
    this.result = callee.result;
  }

  override call(args: readonly Sequence[], environment: Environment): Sequence {
    let next = 0;
    const all = this.#arguments.map((given) => given ?? args[next++]!);
    return this.#function.call(all, environment);
  }
}
