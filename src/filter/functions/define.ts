import type { Context } from "../evaluate/environment.ts";
import { Constant } from "../evaluate/expressions/literal.ts";
import type { Sequence } from "../values/item.ts";
import { UnsupportedError } from "../values/query-error.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { parseSignature } from "./parse-signature.ts";

/** What a function does with its converted arguments. */
export type Implementation = (args: readonly Sequence[], context: Context) => Sequence;

/**
 * Defines a function by its signature, as the specification writes it:
 *
 *     define("fn:starts-with($arg1 as xs:string?, $arg2 as xs:string?) as xs:boolean", ([text, start]) => …)
 */
export function define(
  signature: string,
  implementation: Implementation,
  options: Partial<Pick<FunctionDefinition, "usesFocus" | "compile">> = {},
): FunctionDefinition {
  const collation = /,[^,]*\$collation as xs:string\??/.test(signature) ? collationPlace(signature) : undefined;
  return {
    ...parseSignature(signature),
    usesFocus: false,
    ...(collation === undefined ? {} : { compile: refuseComputedCollation(collation) }),
    ...options,
    call: (context, args) => {
      context.environment.budget.step(sizeOf(args));
      return implementation(args, context);
    },
  };
}

/** Steps for going through the arguments once: items, and characters by 64. One short value costs nothing beside the call. */
function sizeOf(args: readonly Sequence[]): number {
  let size = 0;
  for (const items of args) {
    if (items.length > 1) size += items.length;
    else if (typeof items[0] === "string") size += items[0].length >>> 6;
  }
  return size;
}

/** Which argument is called `$collation`, from 0. */
function collationPlace(signature: string): number {
  return signature.slice(0, signature.indexOf("$collation")).split("$").length - 1;
}

/** Whether a collation is supported must be known when the query is compiled. */
function refuseComputedCollation(place: number): NonNullable<FunctionDefinition["compile"]> {
  return (args) => {
    const collation = args[place]!;
    if (collation instanceof Constant) return undefined;
    throw new UnsupportedError("a computed collation", "write its URI as a string", collation.at);
  };
}
