import { counted } from "../counted.ts";
import { XqbusError } from "../errors.ts";
import { formatProblem } from "./format-problem.ts";
import type { ValidationProblem } from "./problems/validation-problem.ts";

/** A document is not valid against the catalog (`xqbus:invalid-event`). */
export class InvalidEventError extends XqbusError {
  /** Everything that is wrong, at least one. */
  readonly problems: readonly ValidationProblem[];

  /** @param source a file name for the message */
  constructor(problems: readonly ValidationProblem[], source?: string) {
    super("xqbus:invalid-event", describe(problems, source));
    this.problems = problems;
  }
}

/** Problems that the message lists. */
const MAX_LISTED = 5;

function describe(problems: readonly ValidationProblem[], source: string | undefined): string {
  const listed = problems.slice(0, MAX_LISTED).map((problem) => formatProblem(problem, source));
  const rest = problems.length > MAX_LISTED ? `; and ${problems.length - MAX_LISTED} more` : "";
  const count = counted(problems.length, "problem");
  return `the event is not valid (${count}): ${listed.join("; ")}${rest}`;
}
