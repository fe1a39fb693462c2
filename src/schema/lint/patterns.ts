import type { ComponentTable } from "../model/component-table.ts";
import type { UnitComponents } from "../model/read-components.ts";
import { checkPattern, PatternError, type PatternLimits } from "../patterns/index.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { declaredTypes } from "./declared-types.ts";

/**
 * Patterns must be regular expressions of XML Schema 1.0, and of a kind that takes little time (part 2, section 4.3.4 and
 * appendix F).
 */
export function patterns(
  components: UnitComponents,
  table: ComponentTable,
  limits?: Partial<PatternLimits>,
): readonly SchemaProblem[] {
  return declaredTypes(components, table).simple.flatMap(({ derivation }) => {
    if (derivation.method !== "restriction") return [];
    return derivation.facets.flatMap(({ name, value, node }) => {
      if (name !== "pattern") return [];
      try {
        checkPattern(value, limits);
        return [];
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        return [problemAt(components.unit.document.file, node, error.message, error.code)];
      }
    });
  });
}
