import type { ComponentTable } from "../model/component-table.ts";
import type { AttributeUse } from "../model/components.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import { compileSimpleType } from "../values/index.ts";
import { declaredTypes } from "./declared-types.ts";
import { violationAt } from "./finding.ts";

/**
 * Where a global attribute has a fixed value, a use of it has the same one or none (XML Schema 1.0 part 1, section 3.5.6,
 * Attribute Use Correct).
 */
export function fixedAttributes(components: UnitComponents, table: ComponentTable): readonly SchemaProblem[] {
  const owners = [
    ...declaredTypes(components, table).complex,
    ...components.globals.filter((each) => each.kind === "attributeGroup"),
  ];
  return owners.flatMap(({ attributes }) =>
    attributes.flatMap((use) => (use.kind === "attributeUse" ? (check(use, table) ?? []) : [])),
  );
}

function check(use: AttributeUse, table: ComponentTable): SchemaProblem | undefined {
  const declaration = use.declaration.kind === "reference" ? table.attribute(use.declaration.name) : undefined;
  if (declaration?.fixed === undefined || (use.default ?? use.fixed) === undefined) return undefined;
  const type = table.resolveType(declaration.type);
  const { node } = use.source;
  if (type.kind !== "simpleType") return undefined;
  const checker = compileSimpleType(type, table);
  if (use.fixed !== undefined && checker.equal(use.fixed, declaration.fixed, node, declaration.source.node))
    return undefined;
  const message = `attribute "${declaration.name.localName}" has the fixed value "${declaration.fixed}" where it is declared`;
  return violationAt(use.source, { code: "au-props-correct.2", message });
}
