import type { LiteralSyntax } from "../../syntax/ast.ts";
import type { AtomicValue, Item, Sequence } from "../../values/item.ts";
import { parseDecimal } from "../../values/parse-decimal.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Traits, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";

/** A sequence that is known when the query is compiled. */
export class Constant extends Compiled {
  readonly value: Sequence;

  constructor(at: number, value: Sequence) {
    super(at, constantTraits(value));
    this.value = value;
  }

  override each(_context: Context, visit: Visitor): boolean {
    for (const item of this.value) if (!visit(item)) return false;
    return true;
  }

  override items(): Sequence {
    return this.value;
  }
}

function constantTraits(value: Sequence): Traits {
  const isNumber = (item: Item): boolean => typeof item === "number" || typeof item === "bigint";
  const items = value.every(isNumber)
    ? "numbers"
    : value.every((item) => typeof item === "boolean")
      ? "booleans"
      : value.every((item) => typeof item === "string")
        ? "atomic"
        : "unknown";
  return traitsOver([], { ...(value.length <= 1 ? SINGLE : {}), max: value.length, items });
}

/** A literal (XPath 3.1, section 3.1.1). */
export function compileLiteral(syntax: LiteralSyntax): Constant {
  return new Constant(syntax.at, [literalValue(syntax)]);
}

function literalValue({ at, type, value }: LiteralSyntax): AtomicValue {
  switch (type) {
    case "string":
      return value;
    case "integer":
      if (value.length > MAX_DIGITS)
        throw new QueryError("FOAR0002", `a number has more than ${MAX_DIGITS} digits`, at);
      return BigInt(value);
    case "decimal":
      if (value.length > MAX_DIGITS)
        throw new QueryError("FOAR0002", `a number has more than ${MAX_DIGITS} digits`, at);
      return parseDecimal(value)!;
    case "double":
      return Number(value);
  }
}

const MAX_DIGITS = 1000;
