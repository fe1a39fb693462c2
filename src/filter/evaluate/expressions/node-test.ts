import {
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  sameName,
  type XmlNode,
} from "../../../xml/index.ts";
import type { NodeTestSyntax } from "../../syntax/ast.ts";
import { itemMatches } from "../../values/match-type.ts";
import type { ItemType } from "../../values/sequence-type.ts";
import { QueryError } from "../../values/query-error.ts";
import type { Scope } from "../scope.ts";

/** Whether a node of an axis is selected. */
export type NodeTest = (node: XmlNode) => boolean;

/** What an axis mostly holds: a name test selects nothing else (XPath 3.1, section 3.3.2.2). */
export type PrincipalKind = "element" | "attribute";

/** Compiles a name test, wildcard or kind test (section 3.3.2). */
export function compileNodeTest(syntax: NodeTestSyntax, principal: PrincipalKind, scope: Scope): NodeTest {
  const isPrincipal = principal === "attribute" ? isAttribute : isElement;
  switch (syntax.kind) {
    case "name": {
      const name = scope.resolve(syntax.name, principal === "element" ? "element" : "none");
      return (node) => isPrincipal(node) && sameName(node.name, name);
    }
    case "wildcard": {
      const { localName } = syntax;
      const namespace = namespaceOfWildcard(syntax, scope);
      if (namespace !== undefined) return (node) => isPrincipal(node) && node.name.namespace === namespace;
      if (localName !== undefined) return (node) => isPrincipal(node) && node.name.localName === localName;
      return isPrincipal;
    }
    default:
      return kindTest(scope.sequenceType({ at: syntax.at, item: syntax, occurrence: "" }).item!);
  }
}

function namespaceOfWildcard(syntax: Extract<NodeTestSyntax, { kind: "wildcard" }>, scope: Scope): string | undefined {
  if (syntax.uri !== undefined || syntax.prefix === undefined) return syntax.uri;
  const namespace = scope.namespaceOf(syntax.prefix);
  if (namespace !== undefined) return namespace;
  throw new QueryError("XPST0081", `the prefix "${syntax.prefix}" is not declared`, syntax.at);
}

function kindTest(type: ItemType): NodeTest {
  switch (type.kind) {
    case "node":
      return () => true;
    case "text":
      return (node) => node instanceof XmlText;
    case "comment":
      return (node) => node instanceof XmlComment;
    case "document":
      if (type.element === undefined) return (node) => node instanceof XmlDocument;
      break;
    case "processingInstruction":
      if (type.target === undefined) return (node) => node instanceof XmlProcessingInstruction;
      break;
    default:
  }
  return (node) => itemMatches(node, type);
}

function isElement(node: XmlNode): node is XmlElement {
  return node instanceof XmlElement;
}

function isAttribute(node: XmlNode): node is XmlAttribute {
  return node instanceof XmlAttribute;
}
