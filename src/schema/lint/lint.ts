import type { ComponentTable } from "../model/component-table.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaDocument } from "../model/schema-unit.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import { complexRestriction } from "./complex-restriction.ts";
import { consistentElements } from "./consistent-elements.ts";
import { facets } from "./facets.ts";
import type { DocumentRule, LintRule } from "./finding.ts";
import { fixedAttributes } from "./fixed-attributes.ts";
import { idValues } from "./id-values.ts";
import { notations } from "./notations.ts";
import { patterns } from "./patterns.ts";
import { schemaAttributes } from "./schema-attributes.ts";
import { uniqueIds } from "./unique-ids.ts";

/**
 * Finds what is wrong in schemas and the engine lets through: illegal and explosive patterns, restrictions that allow more than
 * their base, facets that contradict each other. References must be checked, and definitions free of circles.
 */
export function lint(components: readonly UnitComponents[], table: ComponentTable): readonly SchemaProblem[] {
  return components.flatMap((unit) => {
    const ofDocument = lintDocument(unit.unit.document);
    return [...RULES.flatMap((rule) => rule(unit, table)), ...ofDocument];
  });
}

/** A document stays the same from one reload to the next, unless its file changes. */
function lintDocument(document: SchemaDocument): readonly SchemaProblem[] {
  const known = knownProblems.get(document);
  if (known !== undefined) return known;
  const problems = DOCUMENT_RULES.flatMap((rule) => rule(document));
  knownProblems.set(document, problems);
  return problems;
}

const knownProblems = new WeakMap<SchemaDocument, readonly SchemaProblem[]>();

const RULES: readonly LintRule[] = [
  patterns,
  facets,
  fixedAttributes,
  consistentElements,
  complexRestriction,
  idValues,
];

/** Those that look at nothing but the document. */
const DOCUMENT_RULES: readonly DocumentRule[] = [notations, uniqueIds, schemaAttributes];
