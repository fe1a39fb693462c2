import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType } from "../model/components.ts";
import { effectiveContent } from "../model/content.ts";
import type { UnitComponents } from "../model/read-components.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import { declaredTypes } from "./declared-types.ts";
import { violationAt, type Violation } from "./finding.ts";
import { isEmptiable, modelOf } from "./model-particle.ts";
import { checkRestriction } from "./particle-restriction.ts";

/**
 * A complex type that restricts another one must not allow child elements that the other one refuses (XML Schema 1.0 part 1,
 * section 3.4.6, derivation-ok-restriction, clause 5).
 */
export function complexRestriction(components: UnitComponents, table: ComponentTable): readonly SchemaProblem[] {
  return declaredTypes(components, table).complex.flatMap((type) => {
    const violation = check(type, table);
    if (violation === undefined || type.source === undefined) return [];
    const name = type.name === undefined ? "the type" : `type "${type.name.localName}"`;
    const message = `${name} is no restriction of its base type: ${violation.message}`;
    return violationAt(type.source, { code: violation.code, message });
  });
}

function check(type: ComplexType, table: ComponentTable): Violation | undefined {
  if (type.derivation?.method !== "restriction" || type.content.kind !== "particles") return undefined;
  const base = table.resolveType(type.derivation.base);
  if (base.kind !== "complexType" || base.name?.namespace === XSD_NAMESPACE) return undefined;
  const content = effectiveContent(base, table);
  if (content.text !== undefined) return undefined;
  const [own, theirs] = [modelOf(type.content.particle, table), modelOf(content.particle, table)];
  if (type.isMixed && !content.isMixed) {
    return { code: CODE, message: "it has mixed content, and the base type has not" };
  }
  if (own === undefined) {
    if (theirs === undefined || isEmptiable(theirs)) return undefined;
    return { code: CODE, message: "it has no child elements, and the base type requires some" };
  }
  if (theirs === undefined) return { code: CODE, message: "it has child elements, and the base type has none" };
  return checkRestriction(own, theirs, table);
}

const CODE = "derivation-ok-restriction.5";
