import type { SchemaModel, ValidationProblem } from "../../schema/index.ts";
import type { XmlDocument } from "../../xml/index.ts";
import { showsSensitive } from "./shows-sensitive.ts";

/**
 * A problem of a document as logs and other people may be told: without its text where that may show something sensitive.
 *
 * @param document the one that has the problem
 * @param more paths that are sensitive whatever the schema says
 */
export function shownProblem(
  problem: ValidationProblem,
  document: XmlDocument,
  model: SchemaModel,
  more?: readonly string[],
): ValidationProblem {
  if (!showsSensitive(problem, document, model, more)) return problem;
  const message = `${problem.path} is not valid (${problem.code}; it is sensitive and not shown)`;
  return { ...problem, message };
}
