import { internName } from "../../xml/index.ts";
import type { ItemTypeSyntax, QNameSyntax, SequenceTypeSyntax } from "../syntax/ast.ts";
import { ATOMIC_TYPES } from "../values/atomic-type.ts";
import { RESERVED_NAMESPACES, XQUERY_NAMESPACE, XSD_NAMESPACE } from "../values/namespaces.ts";
import { QueryError } from "../values/query-error.ts";
import { ANYTHING, NUMERIC, type ItemType, type NodeType, type SequenceType } from "../values/sequence-type.ts";
import type { Scope } from "./scope.ts";

/** What resolving a type needs of a scope. */
export type TypeScope = Pick<Scope, "resolve">;

/**
 * Resolves the names of a sequence type; without one, `item()*`.
 *
 * @throws QueryError XPST0051 for unknown types, XPST0081 for prefixes that are not declared, XPST0008 for schema elements
 */
export function resolveSequenceType(syntax: SequenceTypeSyntax | undefined, scope: TypeScope): SequenceType {
  if (syntax === undefined) return ANYTHING;
  const { item, occurrence } = syntax;
  return { item: item === undefined ? undefined : resolveItemType(item, scope), occurrence };
}

/** Resolves the names of an item type. */
export function resolveItemType(syntax: ItemTypeSyntax, scope: TypeScope): ItemType {
  switch (syntax.kind) {
    case "item":
      return { kind: "item" };
    case "atomic":
      return atomicType(syntax.name, scope);
    case "functionType": {
      const { parameters, result, annotations } = syntax;
      for (const { name } of annotations) checkAnnotation(name, scope);
      if (parameters === undefined || result === undefined) return { kind: "function", signature: undefined };
      const signature = {
        parameters: parameters.map((parameter) => resolveSequenceType(parameter, scope)),
        result: resolveSequenceType(result, scope),
      };
      return { kind: "function", signature };
    }
    case "mapType": {
      const { key, value } = syntax;
      if (key === undefined || value === undefined) return { kind: "map", entry: undefined };
      return { kind: "map", entry: { key: resolveItemType(key, scope), value: resolveSequenceType(value, scope) } };
    }
    case "arrayType": {
      const { member } = syntax;
      return { kind: "array", member: member === undefined ? undefined : resolveSequenceType(member, scope) };
    }
    default:
      return nodeType(syntax, scope);
  }
}

function atomicType(name: QNameSyntax, scope: TypeScope): ItemType {
  const { namespace, localName } = scope.resolve(name, "element");
  if (namespace === XSD_NAMESPACE) {
    const type = ATOMIC_TYPES.get(localName);
    if (type !== undefined) return { kind: "atomic", type };
    if (localName === "numeric") return NUMERIC;
    if (localName === "error") return { kind: "union", types: [] };
  }
  const written = name.prefix === "" ? name.localName : `${name.prefix}:${name.localName}`;
  const hint = ATOMIC_TYPES.has(localName) ? ` (did you mean xs:${localName}?)` : "";
  throw new QueryError("XPST0051", `"${written}" is not an atomic type${hint}`, name.at);
}

/** Annotations in reserved namespaces mean nothing here (XQuery 3.1, section 4.15). */
function checkAnnotation(name: QNameSyntax, scope: TypeScope): void {
  const isWritten = name.prefix !== "" || name.uri !== undefined;
  const { namespace, localName } = isWritten
    ? scope.resolve(name, "none")
    : internName(XQUERY_NAMESPACE, name.localName);
  const isVisibility = namespace === XQUERY_NAMESPACE && (localName === "public" || localName === "private");
  if (isVisibility || !RESERVED_NAMESPACES.has(namespace)) return;
  throw new QueryError("XQST0045", `the annotation %${localName} is not known`, name.at);
}

type NodeTypeSyntax = Exclude<
  ItemTypeSyntax,
  { readonly kind: "item" | "atomic" | "functionType" | "mapType" | "arrayType" }
>;

function nodeType(syntax: NodeTypeSyntax, scope: TypeScope): NodeType {
  switch (syntax.kind) {
    case "anyNode":
      return { kind: "node" };
    case "text":
    case "comment":
    case "namespaceNode":
      return { kind: syntax.kind };
    case "processingInstruction":
      return { kind: "processingInstruction", target: syntax.target };
    case "documentNode":
      return { kind: "document", element: syntax.element === undefined ? undefined : nodeType(syntax.element, scope) };
    case "element":
    case "attribute": {
      const name =
        syntax.name === undefined
          ? undefined
          : scope.resolve(syntax.name, syntax.kind === "element" ? "element" : "none");
      return { kind: syntax.kind, name, acceptsUntyped: acceptsUntyped(syntax, scope) };
    }
    case "schemaElement":
    case "schemaAttribute": {
      const name = scope.resolve(syntax.name, syntax.kind === "schemaElement" ? "element" : "none");
      throw new QueryError("XPST0008", `no schema is imported that declares "${name.localName}"`, syntax.at);
    }
  }
}

/** Nodes are untyped: they have the type xs:untyped or xs:untypedAtomic and those that these derive from. */
function acceptsUntyped(
  { kind, type }: Extract<NodeTypeSyntax, { readonly kind: "element" | "attribute" }>,
  scope: TypeScope,
): boolean {
  if (type === undefined) return true;
  const { namespace, localName } = scope.resolve(type, "element");
  const known = namespace === XSD_NAMESPACE && (ATOMIC_TYPES.has(localName) || NOT_ATOMIC.has(localName));
  if (!known) throw new QueryError("XPST0008", `the type "${type.localName}" is not known`, type.at);
  if (localName === "anyType") return true;
  return kind === "element"
    ? localName === "untyped"
    : ["untypedAtomic", "anyAtomicType", "anySimpleType"].includes(localName);
}

const NOT_ATOMIC: ReadonlySet<string> = new Set([
  "anyType",
  "anySimpleType",
  "untyped",
  "NMTOKENS",
  "IDREFS",
  "ENTITIES",
]);
