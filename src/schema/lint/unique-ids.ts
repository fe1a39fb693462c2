import { attributeValue } from "../../xml/index.ts";
import type { SchemaDocument } from "../model/schema-unit.ts";
import { isXsd, xsdChildren } from "../model/xsd.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";

/** The attributes `id` of a schema document are of type xs:ID: none occurs twice. */
export function uniqueIds({ file, root }: SchemaDocument): readonly SchemaProblem[] {
  const ids = new Set<string>();
  const problems: SchemaProblem[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const id = attributeValue(node, "id")?.trim();
    if (id !== undefined && ids.has(id)) {
      problems.push(problemAt(file, node, `the id "${id}" is given twice in this file (cvc-id.2)`, "cvc-id.2"));
    }
    if (id !== undefined) ids.add(id);
    if (!isXsd(node, "annotation")) pending.push(...xsdChildren(node).toReversed());
  }
  return problems;
}
