import type { XmlDocument } from "../../xml/index.ts";
import { findingsOf } from "../engine/finding.ts";
import type { EngineError } from "../engine/libxml2.ts";
import { diagnose } from "./diagnose.ts";
import type { DiagnoseContext } from "./diagnose-context.ts";
import { explainFinding } from "./explain-finding.ts";
import { ProblemList } from "./problem-list.ts";
import type { ValidationProblem } from "./validation-problem.ts";

/**
 * What is wrong in a document that the engine has judged invalid: our own diagnosis, which sees all of it; where that finds
 * nothing, what the engine says.
 */
export function problemsOf(
  document: XmlDocument,
  errors: readonly EngineError[],
  context: DiagnoseContext,
): readonly ValidationProblem[] {
  const problems = diagnose(document, context);
  if (problems.length > 0) return problems;
  const list = new ProblemList(context.namespace, context.maxProblems);
  for (const finding of findingsOf(document, errors)) {
    list.add(finding.attribute ?? finding.element, finding.code, explainFinding(finding));
  }
  return list.list();
}
