import { lookupNamespace, type XmlElement } from "../../xml/index.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { nearestName } from "../../nearest-name.ts";
import { BUILT_IN_TYPES, XSD_11_TYPES } from "./built-in-types.ts";
import type { ComponentTable } from "./component-table.ts";
import type { ComponentReference, UnitComponents } from "./read-components.ts";
import { XSD_NAMESPACE, splitQName } from "./xsd.ts";

/** Finds references to what no file declares, and to namespaces that the file does not import. */
export function checkReferences(components: UnitComponents, table: ComponentTable): readonly SchemaProblem[] {
  const { unit, references } = components;
  const imported = new Set([unit.namespace, XSD_NAMESPACE, ...unit.imports.map((each) => each.namespace)]);
  return references.flatMap((reference) => {
    const { namespace } = reference.name;
    const message =
      imported.has(namespace) || suggestBuiltIn(reference) !== undefined
        ? checkDeclared(reference, table)
        : `"${reference.qname}" is in ${quoteNamespace(namespace)}, which this file does not import; add xs:import`;
    return message === undefined ? [] : problemAt(unit.document.file, reference.node, message);
  });
}

function checkDeclared(reference: ComponentReference, table: ComponentTable): string | undefined {
  if (table.find(reference) !== undefined) return undefined;
  const { to, name, qname, node } = reference;
  if (name.namespace === XSD_NAMESPACE && XSD_11_TYPES.has(name.localName)) {
    return `the type ${qname} belongs to XML Schema 1.1, which is not supported; use XML Schema 1.0`;
  }
  const suggestion = suggestBuiltIn(reference) ?? nearestName(name.localName, table.namesOf(to, name.namespace));
  return `the ${to} "${qname}" is not declared${
    suggestion === undefined ? "" : ` (did you mean "${withPrefix(suggestion, qname, node)}"?)`
  }`;
}

/** The usual slip: `type="string"` where XML Schema is not the default namespace. */
function suggestBuiltIn({ to, name, node }: ComponentReference): string | undefined {
  if (to !== "type" || name.namespace === XSD_NAMESPACE || !BUILT_IN_TYPES.has(name.localName)) return undefined;
  const prefix = ["xs", "xsd", ""].find((each) => lookupNamespace(node, each) === XSD_NAMESPACE) ?? "xs";
  return prefix === "" ? undefined : `${prefix}:${name.localName}`;
}

function withPrefix(suggestion: string, qname: string, node: XmlElement): string {
  const { prefix } = splitQName(qname);
  if (suggestion.includes(":") || prefix === "") return suggestion;
  return lookupNamespace(node, prefix) === undefined ? suggestion : `${prefix}:${suggestion}`;
}

function quoteNamespace(namespace: string): string {
  return namespace === "" ? "no namespace" : `the namespace "${namespace}"`;
}
