import { XqbusError } from "../../errors.ts";

/** Something that is wrong in the definition of a workflow. */
export interface WorkflowProblem {
  /** Members that lead to it: `["steps", "load", "when"]`. */
  readonly path: readonly string[];
  readonly message: string;
  /** Place in its text, from 1, where that is known. */
  readonly line?: number;
  readonly column?: number;
}

/** The definition of a workflow is wrong; `problems` has everything. Code `xqbus:invalid-config`. */
export class InvalidWorkflowError extends XqbusError {
  readonly problems: readonly WorkflowProblem[];

  /** @param source the name of its file, or what else it is called */
  constructor(source: string, problems: readonly WorkflowProblem[]) {
    super("xqbus:invalid-config", problems.map((problem) => lineOf(source, problem)).join("\n"));
    this.problems = problems;
  }
}

function lineOf(source: string, { path, message, line, column }: WorkflowProblem): string {
  const place = [source, line, column].filter((part) => part !== undefined).join(":");
  return path.length === 0 ? `${place}: ${message}` : `${place}: ${path.join(".")}: ${message}`;
}
