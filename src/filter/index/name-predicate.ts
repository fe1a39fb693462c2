import { internName } from "../../xml/index.ts";
import type { Expression } from "../syntax/ast.ts";
import type { AnalysisScope } from "./analysis-scope.ts";
import type { NameTest, Step } from "./steps.ts";

/** Functions whose comparison with a string is a name test in other words. */
export const NAME_FUNCTIONS: ReadonlySet<string> = new Set(["local-name", "namespace-uri"]);

/**
 * The step with a predicate on the name of its nodes as part of its name test: `*[local-name() = 'A']`, which is what people write whose
 * language has no prefixes. Undefined when the predicate is another one.
 */
export function stepWithName(step: Step | undefined, predicate: Expression, scope: AnalysisScope): Step | undefined {
  if (step?.kind !== "child" && step?.kind !== "attribute") return undefined;
  const test = narrower(step.test, predicate, scope);
  return test === undefined ? undefined : { kind: step.kind, test };
}

function narrower(test: NameTest, predicate: Expression, scope: AnalysisScope): NameTest | undefined {
  if (predicate.kind !== "binary" || (predicate.operator !== "=" && predicate.operator !== "eq")) return undefined;
  const { left, right } = predicate;
  const [call, literal] = left.kind === "functionCall" ? [left, right] : [right, left];
  if (call.kind !== "functionCall" || literal.kind !== "literal" || literal.type !== "string") return undefined;
  const [argument] = call.arguments;
  if (argument !== undefined && argument.kind !== "contextItem") return undefined;
  const { value } = literal;
  switch (scope.standardFunction(call)) {
    case "local-name":
      if (test.kind === "any") return { kind: "localName", localName: value };
      return test.kind === "namespace" ? { kind: "name", name: internName(test.namespace, value) } : undefined;
    case "namespace-uri":
      if (test.kind === "any") return { kind: "namespace", namespace: value };
      return test.kind === "localName" ? { kind: "name", name: internName(value, test.localName) } : undefined;
    default:
      return undefined;
  }
}
