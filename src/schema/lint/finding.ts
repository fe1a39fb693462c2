import type { ComponentTable } from "../model/component-table.ts";
import type { ComponentSource } from "../model/components.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaDocument } from "../model/schema-unit.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";

/** A rule of XML Schema that the engine does not check, or not well enough: the problems it finds in one schema unit. */
export type LintRule = (components: UnitComponents, table: ComponentTable) => readonly SchemaProblem[];

/** A rule that needs to know nothing but the document. */
export type DocumentRule = (document: SchemaDocument) => readonly SchemaProblem[];

/** A violated rule before its place is known. */
export interface Violation {
  /** The name of the constraint in the specification, such as `rcase-Recurse`. */
  readonly code: string;
  /** A sentence without the place. */
  readonly message: string;
}

/** The problem of a component. */
export function violationAt({ file, node }: ComponentSource, { code, message }: Violation): SchemaProblem {
  return problemAt(file, node, `${message} (${code})`, code);
}
