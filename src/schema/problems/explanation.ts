import type { ValidationProblem } from "./validation-problem.ts";

/** The part of a problem that does not follow from the place and the rule. */
export type Explanation = Pick<ValidationProblem, "message"> &
  Partial<Pick<ValidationProblem, "found" | "expected" | "suggestion">>;

/** A suggestion as a property that is there only when there is one. */
export function withSuggestion(suggestion: string | undefined): Pick<Explanation, "suggestion"> {
  return suggestion === undefined ? {} : { suggestion };
}
