import {
  XMLNS_NAMESPACE,
  XML_NAMESPACE,
  type ExpandedName,
  type NamespaceScope,
  type XmlNode,
} from "../../../../xml/index.ts";
import type { Constructor, DirectElement } from "../../../syntax/ast.ts";
import { atomizeAll } from "../../../values/atomize.ts";
import { textOf } from "../../../values/cast.ts";
import { QueryError, UnsupportedError } from "../../../values/query-error.ts";
import { Compiled, SINGLE, UNKNOWN, type Visitor } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { Scope } from "../../scope.ts";
import { Template } from "../string-constructor.ts";
import { appendContent } from "./content.ts";
import { compileName, compileTarget } from "./names.ts";
import { TreeBuilder, type CopyMode, type Parent } from "./tree-builder.ts";

/** Builds a node into a parent; undefined when there is none to build (`text { () }`). */
type Build = (context: Context, builder: TreeBuilder, parent: Parent) => XmlNode | undefined;

/** A node constructor (XQuery 3.1, section 3.9). */
export function compileConstructor(syntax: Constructor, scope: Scope): Compiled {
  const build = compileBuild(syntax, scope);
  return new NodeConstructor(syntax.at, build, syntax.kind === "computedDocument");
}

class NodeConstructor extends Compiled {
  readonly #build: Build;
  readonly #isDocument: boolean;

  constructor(at: number, build: Build, isDocument: boolean) {
    // Whether an expression inside uses the focus is not looked at: constructors are rare in filters.
    super(at, { ...UNKNOWN, ...SINGLE, items: "nodes" });
    this.#build = build;
    this.#isDocument = isDocument;
  }

  override each(context: Context, visit: Visitor): boolean {
    const builder = new TreeBuilder(context.environment.budget);
    const parent = this.#isDocument ? builder.document() : builder.holder();
    const node = this.#build(context, builder, parent);
    return node === undefined || visit(node);
  }
}

function compileBuild(syntax: Constructor, scope: Scope): Build {
  switch (syntax.kind) {
    case "directElement":
      return compileDirectElement(syntax, scope);
    case "directComment":
      return (_context, builder, parent) => builder.comment(parent, syntax.text);
    case "directProcessingInstruction":
      return (_context, builder, parent) => builder.processingInstruction(parent, syntax.target, syntax.text);
    case "computedElement": {
      const name = compileName(syntax.name, "element", scope);
      const content = syntax.content === undefined ? undefined : scope.compile(syntax.content);
      return (context, builder, parent) => {
        const made = name(context);
        checkElementName(made.name, made.prefix, syntax.at);
        const element = builder.element(parent, made.name, made.prefix, inheritedScope(parent));
        if (content !== undefined) appendContent(content, context, builder, element, copyMode(scope));
        return element;
      };
    }
    case "computedAttribute": {
      const name = compileName(syntax.name, "attribute", scope);
      const value = joined(syntax.content === undefined ? undefined : scope.compile(syntax.content));
      return (context, builder, parent) => {
        const made = name(context);
        checkAttributeName(made.name, made.prefix, syntax.at);
        return builder.attribute(parent, made.name, made.prefix, idOrText(made.name, value(context) ?? ""));
      };
    }
    case "computedText": {
      const value = joined(syntax.content === undefined ? undefined : scope.compile(syntax.content));
      return (context, builder, parent) => {
        const text = value(context);
        return text === undefined ? undefined : builder.text(parent, text);
      };
    }
    case "computedComment": {
      const value = joined(syntax.content === undefined ? undefined : scope.compile(syntax.content));
      return (context, builder, parent) => {
        const text = value(context) ?? "";
        if (!text.includes("--") && !text.endsWith("-")) return builder.comment(parent, text);
        throw new QueryError("XQDY0072", 'a comment cannot contain "--" or end with "-"', syntax.at);
      };
    }
    case "computedProcessingInstruction": {
      const target = compileTarget(syntax.name, scope);
      const value = joined(syntax.content === undefined ? undefined : scope.compile(syntax.content));
      return (context, builder, parent) => {
        const name = target(context);
        if (name.toLowerCase() === "xml") {
          throw new QueryError("XQDY0064", "the target of a processing instruction cannot be xml", syntax.at);
        }
        const text = (value(context) ?? "").replace(/^[ \t\n\r]+/, "");
        if (text.includes("?>")) {
          throw new QueryError("XQDY0026", 'a processing instruction cannot contain "?>"', syntax.at);
        }
        return builder.processingInstruction(parent, name, text);
      };
    }
    case "computedDocument": {
      const content = syntax.content === undefined ? undefined : scope.compile(syntax.content);
      return (context, builder, parent) => {
        if (content !== undefined) appendContent(content, context, builder, parent, copyMode(scope));
        return parent;
      };
    }
    case "computedNamespace":
      throw new UnsupportedError("a namespace constructor", "declare namespaces in the element's start tag", syntax.at);
  }
}

/** `xml:id` loses the white space that an ID cannot have (xml:id 1.0, section 4). */
function idOrText({ namespace, localName }: ExpandedName, value: string): string {
  if (namespace !== XML_NAMESPACE || localName !== "id") return value;
  return value.trim().replaceAll(/[ \t\n\r]+/g, " ");
}

/** The values of the content with spaces between them; undefined when there are none. */
function joined(content: Compiled | undefined): (context: Context) => string | undefined {
  if (content === undefined) return () => undefined;
  return (context) => {
    const values = atomizeAll(content.items(context));
    return values.length === 0 ? undefined : values.map(textOf).join(" ");
  };
}

function copyMode({ preservesNamespaces, inheritsNamespaces }: Scope): CopyMode {
  return { preserves: preservesNamespaces, inherits: inheritsNamespaces };
}

function inheritedScope(parent: Parent): NamespaceScope | undefined {
  return "namespaces" in parent ? parent.namespaces : undefined;
}

function compileDirectElement(syntax: DirectElement, outer: Scope): Build {
  const declared = declarationsOf(syntax);
  const scope = declared.size === 0 ? outer : outer.declare(declared);
  const name = scope.resolve(syntax.name, "element");
  const { prefix } = syntax.name;
  checkElementName(name, prefix, syntax.at);
  const attributes = syntax.attributes.map((attribute) => {
    const attributeName = scope.resolve(attribute.name, "none");
    checkAttributeName(attributeName, attribute.name.prefix, attribute.name.at);
    const parts = attribute.parts.map((part) => (typeof part === "string" ? part : scope.compile(part)));
    return { name: attributeName, prefix: attribute.name.prefix, value: new Template(attribute.name.at, parts) };
  });
  const names = new Set(attributes.map((attribute) => String(attribute.name)));
  if (names.size < attributes.length) {
    throw new QueryError("XQST0040", "an attribute is given twice", syntax.at);
  }
  const content = syntax.content.flatMap((part) => compileContent(part, scope));
  const bindings = [...scope.namespaces];
  return (context, builder, parent) => {
    // Namespaces of the parent's names are its own affair: only declarations are in force further inside.
    const element = builder.element(parent, name, prefix, undefined);
    for (const [each, namespace] of bindings) builder.declare(element, each, namespace);
    for (const attribute of attributes) {
      const value = idOrText(attribute.name, attribute.value.text(context));
      builder.attribute(element, attribute.name, attribute.prefix, value);
    }
    for (const append of content) append(context, builder, element);
    return element;
  };
}

function declarationsOf({ namespaces }: DirectElement): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  for (const { prefix, uri, at } of namespaces) {
    if (declared.has(prefix)) throw new QueryError("XQST0071", `the prefix "${prefix}" is declared twice`, at);
    const isXml = prefix === "xml" || uri === XML_NAMESPACE;
    if ((isXml && !(prefix === "xml" && uri === XML_NAMESPACE)) || prefix === "xmlns" || uri === XMLNS_NAMESPACE) {
      throw new QueryError("XQST0070", `the prefix "${prefix}" cannot be declared as ${JSON.stringify(uri)}`, at);
    }
    if (prefix !== "" && uri === "") {
      throw new QueryError("XQST0085", `the prefix "${prefix}" is declared as the empty string`, at);
    }
    if (prefix !== "xml") declared.set(prefix, uri);
  }
  return declared;
}

type Append = (context: Context, builder: TreeBuilder, parent: Parent) => void;

function compileContent(part: DirectElement["content"][number], scope: Scope): readonly Append[] {
  switch (part.kind) {
    case "text":
      if (part.isBoundarySpace && !scope.preservesBoundarySpace) return [];
      return [(_context, builder, parent) => builder.text(parent, part.text)];
    case "node":
      return [compileBuild(part.node, scope)];
    case "enclosed": {
      const expression = scope.compile(part.expression);
      return [
        (context, builder, parent) => {
          appendContent(expression, context, builder, parent, copyMode(scope));
        },
      ];
    }
  }
}

function checkElementName({ namespace }: ExpandedName, prefix: string, at: number): void {
  const isXml = (prefix === "xml") === (namespace === XML_NAMESPACE);
  if (isXml && prefix !== "xmlns" && namespace !== XMLNS_NAMESPACE) return;
  throw new QueryError(
    "XQDY0096",
    `an element cannot have the prefix "${prefix}" in the namespace ${JSON.stringify(namespace)}`,
    at,
  );
}

function checkAttributeName({ namespace, localName }: ExpandedName, prefix: string, at: number): void {
  const isXml = prefix === "xml" ? namespace === XML_NAMESPACE : namespace !== XML_NAMESPACE || prefix === "";
  const isDeclaration =
    namespace === XMLNS_NAMESPACE || prefix === "xmlns" || (namespace === "" && localName === "xmlns");
  if (isXml && !isDeclaration) return;
  throw new QueryError(
    "XQDY0044",
    `an attribute cannot be called "${localName}" in the namespace ${JSON.stringify(namespace)}`,
    at,
  );
}
