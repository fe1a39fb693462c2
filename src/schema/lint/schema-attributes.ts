import type { SchemaDocument } from "../model/schema-unit.ts";
import { XSD_NAMESPACE, isXsd, xsdChildren } from "../model/xsd.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";

/** The attributes of a schema document have no prefix: those of the namespace of XML Schema do not exist (`xs:name="a"`). */
export function schemaAttributes({ file, root }: SchemaDocument): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const wrong = node.attributes.find(({ name }) => name.namespace === XSD_NAMESPACE);
    if (wrong !== undefined) {
      const message = `the attribute "${wrong.prefix}:${wrong.localName}" is not allowed; write it without prefix`;
      problems.push(problemAt(file, node, `${message} (${CODE})`, CODE));
    }
    if (!isXsd(node, "annotation")) pending.push(...xsdChildren(node).toReversed());
  }
  return problems;
}

const CODE = "s4s-att-not-allowed";
