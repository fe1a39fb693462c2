import type { Expression } from "../../syntax/ast.ts";
import type { Sequence } from "../../values/item.ts";
import { assertMatches } from "../../values/match-type.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { Activation, Focus } from "../focus.ts";
import type { Scope } from "../scope.ts";
import type { GlobalBinding, VariableBinding } from "../static-context.ts";

/** A reference to a variable. @throws QueryError XPST0008 */
export function compileVariable(syntax: Extract<Expression, { kind: "variable" }>, scope: Scope): Compiled {
  const name = scope.resolve(syntax.name, "none");
  const binding = scope.variable(name);
  if (binding === undefined) {
    throw new QueryError("XPST0008", `the variable $${name.localName} is not declared`, syntax.at);
  }
  return binding.kind === "local" ? new LocalVariable(syntax.at, binding) : new ModuleVariable(syntax.at, binding);
}

type Local = Extract<VariableBinding, { kind: "local" }>;
type External = Extract<VariableBinding, { kind: "external" }>;
type OfModule = External | GlobalBinding;

abstract class Variable extends Compiled {
  constructor(at: number, { type }: VariableBinding) {
    const isSingle = type.occurrence === "" || type.occurrence === "?" || type.item === undefined;
    super(at, traitsOver([], isSingle ? SINGLE : {}));
  }

  override each(context: Context, visit: Visitor): boolean {
    const { budget } = context.environment;
    for (const item of this.items(context)) {
      budget.step();
      if (!visit(item)) return false;
    }
    return true;
  }
}

class LocalVariable extends Variable {
  readonly #slot: number;

  constructor(at: number, binding: Local) {
    super(at, binding);
    this.#slot = binding.slot;
  }

  override items(context: Context): Sequence {
    return context.slots[this.#slot]!;
  }
}

/** A variable of the prolog, or an external one; evaluated when it is first used. */
class ModuleVariable extends Variable {
  readonly #binding: OfModule;

  constructor(at: number, binding: OfModule) {
    super(at, binding);
    this.#binding = binding;
  }

  override items(context: Context): Sequence {
    const binding = this.#binding;
    return binding.kind === "global" ? this.#global(binding, context) : this.#external(binding, context);
  }

  #external({ name, type, otherwise }: External, context: Context): Sequence {
    const value = context.environment.variables.get(String(name));
    if (value !== undefined) {
      assertMatches(value, type, `the external variable $${name.localName}`, this.at);
      return value;
    }
    if (otherwise === "empty") return [];
    if (otherwise !== undefined) return this.#global(otherwise, context);
    throw new QueryError(
      "XPDY0002",
      `the external variable $${name.localName} has no value; a type such as xs:string? or a default makes it optional`,
      this.at,
    );
  }

  #global(binding: GlobalBinding, context: Context): Sequence {
    const { globals } = context.environment;
    const known = globals[binding.number];
    if (known === "pending") {
      throw new QueryError("XQDY0054", "the value of a variable needs the variable itself", this.at);
    }
    if (known !== undefined) return known;
    globals[binding.number] = "pending";
    const { value: expression, slots } = binding.target;
    const value = expression!.items(globalContext(context, slots));
    globals[binding.number] = value;
    return value;
  }
}

/** The prolog sees the document as context item. */
function globalContext({ environment }: Context, slots: number): Context {
  const { contextItem } = environment;
  const activation = new Activation(environment, new Array<Sequence>(slots));
  return contextItem === undefined ? activation : new Focus(activation, contextItem, 1, 1);
}
