import type { ComponentTable } from "../model/component-table.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import { complexRestriction } from "./complex-restriction.ts";
import { consistentElements } from "./consistent-elements.ts";
import { facets } from "./facets.ts";
import type { LintRule } from "./finding.ts";
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
  return components.flatMap((unit) => RULES.flatMap((rule) => rule(unit, table)));
}

const RULES: readonly LintRule[] = [
  patterns,
  facets,
  fixedAttributes,
  consistentElements,
  complexRestriction,
  notations,
  uniqueIds,
  idValues,
  schemaAttributes,
];
