import type { ExpandedName } from "../../../xml/index.ts";
import type { FunctionDefinition } from "../../functions/function-definition.ts";
import { FunctionItem } from "../../values/function-item.ts";
import type { Sequence } from "../../values/item.ts";
import type { SequenceType } from "../../values/sequence-type.ts";
import type { Context, Environment } from "../environment.ts";
import { Activation, Focus } from "../focus.ts";

/** A function item for a built-in or declared function. One that reads the focus keeps that of the place where it was referred to. */
export function functionItemOf(definition: FunctionDefinition, context: Context): FunctionItem {
  const { item, position, size } = context;
  const focus = definition.usesFocus ? { item, position, size } : undefined;
  return new NamedFunction(definition, focus);
}

class NamedFunction extends FunctionItem {
  readonly name: ExpandedName;
  readonly parameters: readonly SequenceType[];
  readonly result: SequenceType;
  readonly #definition: FunctionDefinition;
  readonly #focus: Pick<Context, "item" | "position" | "size"> | undefined;

  constructor(definition: FunctionDefinition, focus: Pick<Context, "item" | "position" | "size"> | undefined) {
    super();
    this.name = definition.name;
    this.parameters = definition.parameters;
    this.result = definition.result;
    this.#definition = definition;
    this.#focus = focus;
  }

  override call(args: readonly Sequence[], environment: Environment): Sequence {
    const activation = new Activation(environment, []);
    const focus = this.#focus;
    const context = focus === undefined ? activation : new Focus(activation, focus.item, focus.position, focus.size);
    return this.#definition.call(context, args);
  }
}
