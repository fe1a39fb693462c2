import { shownProblem } from "../event/index.ts";
import type { SchemaModel, ValidationProblem } from "../schema/index.ts";
import type { XmlDocument } from "../xml/index.ts";

/** Problems that a description lists, and UTF-16 code units of each: a frame has to hold it. */
const MAX_LISTED = 3;
const MAX_LENGTH = 160;

/**
 * The first problems of an invalid event in a line: `the event is not valid: line 7: element "Statsu" is not allowed here; …`.
 *
 * @param document undefined when it is not well-formed
 */
export function describeProblems(
  problems: readonly ValidationProblem[],
  document: XmlDocument | undefined,
  model: SchemaModel,
): string {
  const listed = problems
    .slice(0, MAX_LISTED)
    .map((problem) => `line ${problem.line}: ${shortened(messageOf(problem, document, model))}`);
  const rest = problems.length - listed.length;
  return `the event is not valid: ${listed.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function messageOf(problem: ValidationProblem, document: XmlDocument | undefined, model: SchemaModel): string {
  return (document === undefined ? problem : shownProblem(problem, document, model)).message;
}

function shortened(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}
