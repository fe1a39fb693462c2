import type { Finding } from "../engine/finding.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { DocumentTypes } from "./document-types.ts";
import type { ValidationProblem } from "./validation-problem.ts";

/** What explaining a finding needs to know. */
export interface ExplainContext {
  /** The catalog's namespace. */
  readonly namespace: string;
  /** Sorted. */
  readonly eventNames: readonly string[];
  readonly table: ComponentTable;
  readonly types: DocumentTypes;
}

/** The part of a problem that does not follow from the place alone. */
export type Explanation = Pick<ValidationProblem, "message"> &
  Partial<Pick<ValidationProblem, "found" | "expected" | "suggestion">>;

/** Puts a finding of one kind into words. */
export type Explainer = (finding: Finding, context: ExplainContext) => Explanation;
