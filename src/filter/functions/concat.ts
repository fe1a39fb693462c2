import { internName, type ExpandedName } from "../../xml/index.ts";
import { ANY_ATOMIC, STRING } from "../values/atomic-type.ts";
import { FN_NAMESPACE } from "../values/namespaces.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import { textArgument } from "./arguments.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** No query has more. */
const MAX_ARGUMENTS = 1_000_000;

const CONCAT = internName(FN_NAMESPACE, "concat");
const PARAMETER: SequenceType = { item: { kind: "atomic", type: ANY_ATOMIC }, occurrence: "?" };

/** `fn:concat` takes two arguments or more (Functions and Operators 3.1, section 5.4.1): the only such function. */
export function concatOf(name: ExpandedName, arity: number): FunctionDefinition | undefined {
  if (name !== CONCAT || arity < 2 || arity > MAX_ARGUMENTS) return undefined;
  return {
    name,
    parameters: new Array<SequenceType>(arity).fill(PARAMETER),
    result: { item: { kind: "atomic", type: STRING }, occurrence: "" },
    usesFocus: false,
    call: (context, args) => {
      const text = args.map(textArgument).join("");
      context.environment.budget.hold(1 + text.length / 8);
      return [text];
    },
  };
}
