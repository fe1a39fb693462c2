import type { ExpandedName } from "../../../xml/index.ts";
import type { ArgumentSyntax, Expression, FunctionCall } from "../../syntax/ast.ts";
import { refuseCollation } from "../../values/collation.ts";
import { convert } from "../../values/convert.ts";
import { FunctionItem } from "../../values/function-item.ts";
import type { Sequence } from "../../values/item.ts";
import { QueryError } from "../../values/query-error.ts";
import type { SequenceType } from "../../values/sequence-type.ts";
import type { FunctionDefinition, FunctionSignature } from "../../functions/function-definition.ts";
import { Compiled, SINGLE, traitsOver, UNKNOWN, type Traits, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { locate } from "../located.ts";
import type { Scope } from "../scope.ts";
import { PartialFunction } from "./partial-function.ts";
import { Constant } from "./literal.ts";
import { functionItemOf } from "./named-function.ts";

/** A call of a function by its name (XPath 3.1, section 3.1.5). @throws QueryError XPST0017 */
export function compileFunctionCall(syntax: FunctionCall, scope: Scope): Compiled {
  const { at } = syntax;
  const name = scope.resolve(syntax.name, "function");
  const definition = functionAt(scope, name, syntax.arguments.length, at);
  if (syntax.arguments.includes(undefined)) {
    return new PartialCall(at, functionItemCompiled(definition, at), compileArguments(syntax.arguments, scope));
  }
  const args = syntax.arguments.map((argument) => scope.compile(argument!));
  for (const argument of args) refuseCollationLiteral(argument);
  return definition.compile?.(args, at, scope) ?? new Call(at, definition, args);
}

/** No other string looks like the URI of a collation, so that which argument it is does not matter. */
function refuseCollationLiteral(argument: Compiled): void {
  if (!(argument instanceof Constant)) return;
  const [value] = argument.value;
  if (typeof value === "string") refuseCollation(value, argument.at);
}

/** A call of what an expression gives (section 3.1.5.1): a function, map or array. */
export function compileDynamicCall(
  { at, function: callee, arguments: args }: Extract<Expression, { kind: "dynamicCall" }>,
  scope: Scope,
): Compiled {
  const compiled = compileArguments(args, scope);
  if (args.includes(undefined)) return new PartialCall(at, scope.compile(callee), compiled);
  return new DynamicCall(
    at,
    scope.compile(callee),
    compiled.map((argument) => argument!),
  );
}

/** `name#arity` (section 3.1.6). */
export function compileFunctionReference(
  { at, name, arity }: Extract<Expression, { kind: "functionReference" }>,
  scope: Scope,
): Compiled {
  return functionItemCompiled(functionAt(scope, scope.resolve(name, "function"), arity, at), at);
}

function functionAt(scope: Scope, name: ExpandedName, arity: number, at: number): FunctionDefinition {
  const definition = scope.function(name, arity, at);
  return definition.bind?.(scope) ?? definition;
}

function compileArguments(args: readonly ArgumentSyntax[], scope: Scope): readonly (Compiled | undefined)[] {
  return args.map((argument) => (argument === undefined ? undefined : scope.compile(argument)));
}

function functionItemCompiled(definition: FunctionDefinition, at: number): Compiled {
  return new NamedFunctionReference(at, definition);
}

class NamedFunctionReference extends Compiled {
  readonly #definition: FunctionDefinition;

  constructor(at: number, definition: FunctionDefinition) {
    const usesFocus = definition.usesFocus;
    super(at, traitsOver([], { ...SINGLE, usesLast: usesFocus, usesPosition: usesFocus }));
    this.#definition = definition;
  }

  override each(context: Context, visit: Visitor): boolean {
    return visit(functionItemOf(this.#definition, context));
  }
}

/** A call of a function that is known when the query is compiled. */
class Call extends Compiled {
  readonly #definition: FunctionDefinition;
  readonly #arguments: readonly Compiled[];

  constructor(at: number, definition: FunctionDefinition, args: readonly Compiled[]) {
    super(at, callTraits(definition, args));
    this.#definition = definition;
    this.#arguments = args;
  }

  override items(context: Context): Sequence {
    const { budget } = context.environment;
    const definition = this.#definition;
    const args: Sequence[] = [];
    for (let i = 0; i < this.#arguments.length; i++) {
      const argument = this.#arguments[i]!;
      const items = argument.items(context);
      args.push(convertArgument(items, definition, i, argument.at));
    }
    budget.step();
    budget.enter();
    try {
      return definition.call(context, args);
    } catch (error) {
      throw locate(error, this.at);
    } finally {
      budget.leave();
    }
  }

  override each(context: Context, visit: Visitor): boolean {
    for (const item of this.items(context)) if (!visit(item)) return false;
    return true;
  }
}

/** The function conversion rules for one argument (section 3.1.5.2). */
export function convertArgument(items: Sequence, signature: FunctionSignature, index: number, at: number): Sequence {
  return convert(items, signature.parameters[index]!, () => `argument ${index + 1} of ${nameOf(signature)}()`, at);
}

function nameOf({ name }: FunctionSignature): string {
  return name.localName;
}

function callTraits({ result, usesFocus }: FunctionDefinition, args: readonly Compiled[]): Traits {
  const known = resultTraits(result);
  const base = traitsOver(args, known);
  return usesFocus ? { ...base, usesLast: true, usesPosition: true } : base;
}

/** What the type of a function's result says. */
export function resultTraits({ item, occurrence }: SequenceType): Partial<Traits> {
  const single = occurrence === "" || occurrence === "?" ? SINGLE : {};
  if (item === undefined) return { ...SINGLE, max: 0 };
  switch (item.kind) {
    case "atomic": {
      const { name, primitive } = item.type;
      if (name === "anyAtomicType") return { ...single, items: "unknown" };
      const isNumber = ["decimal", "double", "float"].includes(primitive?.name ?? "");
      return { ...single, items: isNumber ? "numbers" : name === "boolean" ? "booleans" : "atomic" };
    }
    case "union":
      return { ...single, items: "numbers" };
    case "item":
    case "function":
    case "map":
    case "array":
      return { ...single, items: UNKNOWN.items };
    default:
      return { ...single, items: "nodes" };
  }
}

class DynamicCall extends Compiled {
  readonly #function: Compiled;
  readonly #arguments: readonly Compiled[];

  constructor(at: number, callee: Compiled, args: readonly Compiled[]) {
    super(at, traitsOver([callee, ...args]));
    this.#function = callee;
    this.#arguments = args;
  }

  override items(context: Context): Sequence {
    const { environment } = context;
    const callee = theFunction(this.#function, context, this.#arguments.length, this.at);
    const args = this.#arguments.map((argument, i) =>
      convert(argument.items(context), callee.parameters[i]!, () => `argument ${i + 1} of the function`, argument.at),
    );
    environment.budget.step();
    environment.budget.enter();
    try {
      return callee.call(args, environment);
    } catch (error) {
      throw locate(error, this.at);
    } finally {
      environment.budget.leave();
    }
  }

  override each(context: Context, visit: Visitor): boolean {
    for (const item of this.items(context)) if (!visit(item)) return false;
    return true;
  }
}

/** `f(1, ?)` (section 3.1.5.1): a function of the arguments that are missing. */
class PartialCall extends Compiled {
  readonly #function: Compiled;
  readonly #arguments: readonly (Compiled | undefined)[];

  constructor(at: number, callee: Compiled, args: readonly (Compiled | undefined)[]) {
    super(at, traitsOver([callee, ...args.filter((argument) => argument !== undefined)], SINGLE));
    this.#function = callee;
    this.#arguments = args;
  }

  override each(context: Context, visit: Visitor): boolean {
    const callee = theFunction(this.#function, context, this.#arguments.length, this.at);
    const args = this.#arguments.map((argument, i) =>
      argument === undefined
        ? undefined
        : convert(argument.items(context), callee.parameters[i]!, () => `argument ${i + 1}`, argument.at),
    );
    return visit(new PartialFunction(callee, args));
  }
}

function theFunction(callee: Compiled, context: Context, arity: number, at: number): FunctionItem {
  const items = callee.items(context);
  const [item] = items;
  if (items.length !== 1 || !(item instanceof FunctionItem)) {
    const found = items.length === 1 ? "a node or value" : `${items.length} items`;
    throw new QueryError("XPTY0004", `only a function, map or array can be called; found ${found}`, at);
  }
  if (item.arity === arity) return item;
  throw new QueryError("XPTY0004", `the function takes ${item.arity} arguments; found ${arity}`, at);
}
