import type { Expression } from "../syntax/ast.ts";
import type { Trace } from "./trace.ts";

/** What was kept of each expression, by {@link keyOf}. */
export type Traces = ReadonlyMap<object, Trace>;

/** The compiler rewrites steps (`a//b` becomes `a/descendant::b`); their tests stay the same objects. */
export function keyOf(expression: Expression): object {
  return expression.kind === "step" ? expression.test : expression;
}
