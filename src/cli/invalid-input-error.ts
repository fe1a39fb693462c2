import { formatProblem, InvalidEventError } from "../schema/index.ts";
import type { ValidationProblem } from "../schema/index.ts";
import { problemsInCommandWords } from "./command-words.ts";

/** An event that somebody gave on the command line is not valid: one line for each problem. */
export class InvalidInputError extends InvalidEventError {
  /** Each with the place: file and line, or the path in the event where there is no file. */
  readonly lines: readonly string[];

  /** @param source the file; none for an event that was made from `--set` */
  constructor(problems: readonly ValidationProblem[], source: string | undefined) {
    const told = problemsInCommandWords(problems);
    super(told, source);
    this.lines = told.map((problem) =>
      source === undefined ? `${problem.path}: ${problem.message}` : formatProblem(problem, source),
    );
  }
}
