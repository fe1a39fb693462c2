import type { Condition } from "./explanation.ts";

/** The innermost condition that decided against a document: where the filter does not hold, or where its evaluation failed. */
export function firstFailureIn(result: Condition): Condition {
  let at = result;
  for (;;) {
    const next = at.outcome === "error" ? at.children.find(({ outcome }) => outcome === "error") : culprit(at);
    if (next === undefined) return at;
    at = next;
  }
}

/** The child because of which a condition does not hold; undefined when it is the condition itself. */
function culprit({ kind, children, seenCount }: Condition): Condition | undefined {
  switch (kind) {
    case "not":
    case "value":
      return undefined;
    case "comparison":
      // Values that were seen are the reason; without them the path is.
      return seenCount > 0 ? undefined : children.find(hasFailed);
    case "path":
    case "quantified":
    case "flwor":
    case "step":
    case "and":
    case "or":
    case "if":
    case "function":
      return children.find(hasFailed) ?? children.find(hasFailedOnce);
  }
}

function hasFailed({ outcome }: Condition): boolean {
  return outcome === "does-not-hold";
}

function hasFailedOnce({ kind, evaluations, held }: Condition): boolean {
  return kind !== "step" && evaluations > held;
}
