import { compileModule, type CompiledModule, type ModuleOptions } from "../evaluate/module.ts";
import { contextFor } from "../evaluate/run.ts";
import type { LiteralSyntax } from "../syntax/ast.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import { DECIMAL, DOUBLE, INTEGER, STRING, type AtomicType } from "../values/atomic-type.ts";
import type { AtomicValue, Item, Sequence } from "../values/item.ts";
import { parseDecimal } from "../values/parse-decimal.ts";
import type { EventContext } from "./event-context.ts";
import { isParameterName, parametersOf, withVariables } from "./parameters.ts";

/**
 * The filters of one shape as one compiled query, which gets the literals of each as variables. It is parsed and compiled when it is first
 * needed: most shapes never are, and text takes less memory.
 */
export class Residual {
  readonly #options: ModuleOptions;
  readonly #parameters: readonly LiteralSyntax[];
  readonly #values: readonly Item[][];
  readonly #own = new Map<string, Item[]>();
  #module: CompiledModule | undefined;

  /** @param parameters the literals that are no part of the shape, in their order in {@link parametersOf} the query */
  constructor(options: ModuleOptions, parameters: readonly LiteralSyntax[]) {
    this.#options = options;
    this.#parameters = parameters;
    this.#values = parameters.map(() => []);
    for (const [number, value] of this.#values.entries()) this.#own.set(String(number), value);
  }

  /** Whether the filter with these literals matches. @throws QueryError dynamic errors */
  test(literals: readonly string[], event: EventContext): boolean {
    this.#module ??= this.#compile();
    for (let i = 0; i < literals.length; i++) this.#values[i]![0] = valueOf(this.#parameters[i]!, literals[i]!);
    const hasOthers = this.#module.externals.length > this.#parameters.length;
    const all = hasOthers ? new Map<string, Sequence>([...event.variables, ...this.#own]) : this.#own;
    const context = contextFor(this.#module, {
      contextItem: event.document,
      variables: all,
      now: event.now,
      limits: event.limits,
    });
    return this.#module.body.test(context);
  }

  #compile(): CompiledModule {
    const { externalVariable, query, language } = this.#options;
    const syntax = parseQuery(query, language);
    const places = new Set(this.#parameters.map(({ at }) => at));
    const parameters = [...parametersOf(syntax)].filter(({ at }) => places.has(at));
    return compileModule(withVariables(syntax, parameters), {
      ...this.#options,
      externalVariable: (name) =>
        isParameterName(name)
          ? { item: { kind: "atomic", type: TYPES[this.#parameters[Number(name.localName)]!.type] }, occurrence: "" }
          : externalVariable(name),
    });
  }
}

const TYPES: Readonly<Record<LiteralSyntax["type"], AtomicType>> = {
  string: STRING,
  integer: INTEGER,
  decimal: DECIMAL,
  double: DOUBLE,
};

function valueOf({ type }: LiteralSyntax, text: string): AtomicValue {
  switch (type) {
    case "string":
      return text;
    case "integer":
      return BigInt(text);
    case "decimal":
      return parseDecimal(text)!;
    case "double":
      return Number(text);
  }
}
