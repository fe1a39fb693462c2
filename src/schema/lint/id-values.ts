import type { ComponentTable } from "../model/component-table.ts";
import { textType } from "../model/content.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";
import { compileSimpleType } from "../values/index.ts";
import { violationAt } from "./finding.ts";

/**
 * An element whose type is xs:ID can have neither default nor fixed value: two of them would have the same ID (XML Schema 1.0
 * part 1, section 3.3.6, Element Declaration Properties Correct, clause 5).
 */
export function idValues({ elements }: UnitComponents, table: ComponentTable): readonly SchemaProblem[] {
  return elements.flatMap((element) => {
    if ((element.default ?? element.fixed) === undefined) return [];
    const type = textType(table.typeOfElement(element), table);
    if (type === undefined || compileSimpleType(type, table).identity !== "ID") return [];
    const message = `element "${element.name.localName}" is an ID and cannot have a default or fixed value`;
    return violationAt(element.source, { code: "e-props-correct.5", message });
  });
}
