import { attributeValue, type XmlElement } from "../../xml/index.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { nearestName } from "../../nearest-name.ts";
import { XSD_NAMESPACE, isXsd, xsdChildren } from "./xsd.ts";

/**
 * Names the constructs that the engine would ignore, or refuse without a clear word: everything that came with
 * XML Schema 1.1, and misspelt elements.
 *
 * @param root the element xs:schema
 */
export function checkConstructs(file: string, root: XmlElement): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const message = refuse(node);
    if (message !== undefined) problems.push(problemAt(file, node, message, "xqbus:unsupported-construct"));
    else if (!ELEMENTS.has(node.name.localName)) problems.push(problemAt(file, node, explainMisspelt(node)));
    // What stands in an annotation is for readers and programs, not part of the schema.
    for (const child of xsdChildren(node).toReversed()) if (!isXsd(child, "annotation")) pending.push(child);
  }
  return problems;
}

function refuse(node: XmlElement): string | undefined {
  const { localName } = node.name;
  if (XSD_11_ELEMENTS.has(localName)) return xsd11(`xs:${localName}`);
  if ((localName === "any" || localName === "group") && node.parent.nodeType === 1 && isXsd(node.parent, "all")) {
    return xsd11(`xs:${localName} inside xs:all`);
  }
  for (const { name } of node.attributes) {
    if (name.namespace === VERSIONING_NAMESPACE) return xsd11(`vc:${name.localName}`);
    if (name.namespace === "" && XSD_11_ATTRIBUTES[name.localName]?.includes(localName) === true) {
      return xsd11(`the attribute ${name.localName} of xs:${localName}`);
    }
  }
  return undefined;
}

function explainMisspelt({ nodeName, prefix, name: { localName } }: XmlElement): string {
  const nearest = nearestName(localName, ELEMENTS);
  const hint = nearest === undefined ? "" : ` (did you mean "${prefix === "" ? "" : `${prefix}:`}${nearest}"?)`;
  return `"${nodeName}" is no element of XML Schema${hint}`;
}

function xsd11(construct: string): string {
  return `${construct} belongs to XML Schema 1.1, which is not supported; use XML Schema 1.0`;
}

/** Whether the root of an XSD file is xs:schema, and not the schema of XML Schema itself; if not, what it is instead. */
export function checkRoot(file: string, root: XmlElement): SchemaProblem | undefined {
  if (!isXsd(root, "schema")) {
    const namespace = root.name.namespace === "" ? "no namespace" : `the namespace "${root.name.namespace}"`;
    const message = `the root element is "${root.name.localName}" in ${namespace}; expected schema in "${XSD_NAMESPACE}"`;
    return problemAt(file, root, message);
  }
  if (targetNamespaceOf(root) !== XSD_NAMESPACE) return undefined;
  return problemAt(file, root, `the target namespace is that of XML Schema itself; choose a namespace of your own`);
}

/** The target namespace that a schema document declares. */
export function targetNamespaceOf(root: XmlElement): string | undefined {
  return attributeValue(root, "targetNamespace")?.trim();
}

const VERSIONING_NAMESPACE = "http://www.w3.org/2007/XMLSchema-versioning";

const XSD_11_ELEMENTS: ReadonlySet<string> = new Set([
  "alternative",
  "assert",
  "assertion",
  "defaultOpenContent",
  "explicitTimezone",
  "openContent",
  "override",
]);

/** The elements of XML Schema 1.0. */
const ELEMENTS: ReadonlySet<string> = new Set([
  ...["schema", "include", "import", "redefine", "annotation", "notation"],
  ...["element", "attribute", "group", "attributeGroup", "simpleType", "complexType"],
  ...["simpleContent", "complexContent", "restriction", "extension", "list", "union"],
  ...["sequence", "choice", "all", "any", "anyAttribute"],
  ...["key", "keyref", "unique", "selector", "field"],
  ...["minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "totalDigits", "fractionDigits"],
  ...["length", "minLength", "maxLength", "enumeration", "pattern", "whiteSpace"],
]);

/** Attributes of XML Schema 1.1 and the elements they belong to. */
const XSD_11_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  defaultAttributes: ["schema"],
  defaultAttributesApply: ["complexType"],
  inheritable: ["attribute"],
  notNamespace: ["any", "anyAttribute"],
  notQName: ["any", "anyAttribute"],
  targetNamespace: ["element", "attribute"],
  xpathDefaultNamespace: ["schema", "selector", "field"],
};
