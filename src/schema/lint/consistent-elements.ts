import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle } from "../model/components.ts";
import { effectiveContent, elementsIn } from "../model/content.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import { declaredTypes } from "./declared-types.ts";
import { violationAt } from "./finding.ts";

/**
 * Elements of one name in one content model must have one type (XML Schema 1.0 part 1, section 3.8.6, Element Declarations
 * Consistent).
 */
export function consistentElements(components: UnitComponents, table: ComponentTable): readonly SchemaProblem[] {
  const types = declaredTypes(components, table).complex;
  const models = [
    ...types.map((type) => effectiveContent(type, table).particle),
    ...components.globals.flatMap((each) => (each.kind === "group" ? each.particle : [])),
  ];
  const reported = new Set<ElementDeclaration>();
  return models.flatMap((model) => {
    const second = findInconsistent(model, table);
    if (second === undefined || reported.has(second)) return [];
    reported.add(second);
    const message = `element "${second.name.localName}" occurs twice in the content model with different types`;
    return violationAt(second.source, { code: "cos-element-consistent", message });
  });
}

function findInconsistent(model: Particle | undefined, table: ComponentTable): ElementDeclaration | undefined {
  const first = new Map<string, ElementDeclaration>();
  for (const { declaration } of elementsIn(model, table)) {
    const known = first.get(String(declaration.name));
    first.set(String(declaration.name), known ?? declaration);
    if (known === undefined || known === declaration) continue;
    if (table.typeOfElement(known) !== table.typeOfElement(declaration)) return declaration;
  }
  return undefined;
}
