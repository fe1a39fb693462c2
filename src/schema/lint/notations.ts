import { attributeValue, isNCName } from "../../xml/index.ts";
import type { SchemaDocument } from "../model/schema-unit.ts";
import { xsdChildren } from "../model/xsd.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";

/** Notations have names of their own and a public or system identifier (XML Schema 1.0 part 1, section 3.12.2). */
export function notations({ file, root }: SchemaDocument): readonly SchemaProblem[] {
  const names = new Set<string>();
  return xsdChildren(root, "notation").flatMap((node) => {
    const name = attributeValue(node, "name")?.trim() ?? "";
    const isSecond = names.has(name);
    names.add(name);
    const message = !isNCName(name)
      ? `"${name}" is no name for a notation`
      : isSecond
        ? `the notation "${name}" is declared twice`
        : (attributeValue(node, "public") ?? attributeValue(node, "system")) === undefined
          ? `the notation "${name}" has neither a public nor a system identifier`
          : undefined;
    return message === undefined ? [] : problemAt(file, node, `${message} (n-props-correct)`, "n-props-correct");
  });
}
