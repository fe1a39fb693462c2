import type { ValidationProblem } from "./problems/validation-problem.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";

/**
 * One line for a problem of a document: `PhoneStatus.xml:7: element "Statsu" is not allowed in PhoneStatus here; …`.
 *
 * @param source a file name; without one the line begins with `document`
 */
export function formatProblem({ line, message }: ValidationProblem, source: string = "document"): string {
  return `${source}:${line}: ${message}`;
}

/** One line for a problem of an XSD file: `/schemas/PhoneStatus.xsd:9: the type "strin" is not declared …`. */
export function formatSchemaProblem({ file, line, message }: SchemaProblem): string {
  return `${file}:${line}: ${message}`;
}
