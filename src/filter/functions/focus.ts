import type { Context } from "../evaluate/environment.ts";
import { QueryError } from "../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../evaluate/compiled.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

function assertFocus({ item }: Context): void {
  if (item === undefined) throw new QueryError("XPDY0002", "there is no context item here");
}

class FocusNumber extends Compiled {
  readonly #kind: "position" | "size";

  constructor(at: number, kind: "position" | "size") {
    const uses = { usesPosition: kind === "position", usesLast: kind === "size" };
    super(at, { ...traitsOver([]), ...SINGLE, items: "numbers", ...uses });
    this.#kind = kind;
  }

  override each(context: Context, visit: Visitor): boolean {
    if (context.item === undefined) throw new QueryError("XPDY0002", "there is no context item here", this.at);
    return visit(BigInt(context[this.#kind]));
  }
}

/** `fn:position` and `fn:last` (Functions and Operators 3.1, section 15). */
export const FOCUS_FUNCTIONS: readonly FunctionDefinition[] = [
  define(
    "fn:position() as xs:integer",
    (_, context) => {
      assertFocus(context);
      return [BigInt(context.position)];
    },
    { usesFocus: true, compile: (_, at) => new FocusNumber(at, "position") },
  ),
  define(
    "fn:last() as xs:integer",
    (_, context) => {
      assertFocus(context);
      return [BigInt(context.size)];
    },
    { usesFocus: true, compile: (_, at) => new FocusNumber(at, "size") },
  ),
];
