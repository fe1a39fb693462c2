import type { Expression } from "../../syntax/ast.ts";
import { atomizeAll } from "../../values/atomize.ts";
import { textOf } from "../../values/cast.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";

/** A string constructor (XQuery 3.1, section 3.9.2). */
export function compileStringConstructor(
  { at, parts }: Extract<Expression, { kind: "stringConstructor" }>,
  scope: Scope,
): Compiled {
  return new Template(
    at,
    parts.map((part) => (typeof part === "string" ? part : scope.compile(part))),
  );
}

/** Text with expressions in it: the values of each are joined with a space. */
export class Template extends Compiled {
  readonly #parts: readonly (string | Compiled)[];

  constructor(at: number, parts: readonly (string | Compiled)[]) {
    super(
      at,
      traitsOver(
        parts.filter((part) => typeof part !== "string"),
        { ...SINGLE, items: "atomic" },
      ),
    );
    this.#parts = parts;
  }

  override each(context: Context, visit: Visitor): boolean {
    return visit(this.text(context));
  }

  text(context: Context): string {
    let text = "";
    for (const part of this.#parts) {
      text += typeof part === "string" ? part : atomizeAll(part.items(context)).map(textOf).join(" ");
    }
    context.environment.budget.hold(1 + text.length / 8);
    return text;
  }
}
