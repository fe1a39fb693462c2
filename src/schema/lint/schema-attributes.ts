import type { UnitComponents } from "../model/read-components.ts";
import { XSD_NAMESPACE, isXsd, xsdChildren } from "../model/xsd.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";

/** The attributes of a schema document have no prefix: those of the namespace of XML Schema do not exist (`xs:name="a"`). */
export function schemaAttributes({ unit }: UnitComponents): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const pending = [unit.document.root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const wrong = node.attributes.find(({ name }) => name.namespace === XSD_NAMESPACE);
    if (wrong !== undefined) {
      const message = `the attribute "${wrong.prefix}:${wrong.localName}" is not allowed; write it without prefix`;
      problems.push(problemAt(unit.document.file, node, `${message} (${CODE})`, CODE));
    }
    if (!isXsd(node, "annotation")) pending.push(...xsdChildren(node).toReversed());
  }
  return problems;
}

const CODE = "s4s-att-not-allowed";
