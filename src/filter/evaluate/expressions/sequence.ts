import type { Expression } from "../../syntax/ast.ts";
import { Compiled, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";
import { Constant } from "./literal.ts";

/** `a, b` and `()` (XPath 3.1, section 3.4.1). */
export function compileSequence({ at, items }: Extract<Expression, { kind: "sequence" }>, scope: Scope): Compiled {
  const parts = items.map((item) => scope.compile(item));
  if (parts.every((part) => part instanceof Constant))
    return new Constant(
      at,
      parts.flatMap((part) => part.value),
    );
  return new Concatenation(at, parts);
}

class Concatenation extends Compiled {
  readonly #parts: readonly Compiled[];

  constructor(at: number, parts: readonly Compiled[]) {
    const [first] = parts;
    const items = parts.every(({ traits }) => traits.items === first?.traits.items) ? first?.traits.items : undefined;
    const max = parts.reduce((sum, { traits }) => sum + traits.max, 0);
    super(at, traitsOver(parts, { max, items: items ?? "unknown" }));
    this.#parts = parts;
  }

  override each(context: Context, visit: Visitor): boolean {
    for (const part of this.#parts) if (!part.each(context, visit)) return false;
    return true;
  }
}
