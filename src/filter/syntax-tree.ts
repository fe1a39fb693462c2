import { fontoxpath } from "./fontoxpath.ts";

/** A node of a query's syntax tree (XQueryX 3.1, the XML form of XQuery). */
export class SyntaxNode {
  /** Local name of the XQueryX element; empty for text. */
  readonly name: string;
  readonly namespace: string;
  readonly children: SyntaxNode[] = [];
  /** Text of a text node. */
  readonly data: string;
  /** Where the expression starts in the query, on nodes that the parser knows the place of. */
  offset: number | undefined;

  constructor(name: string, namespace: string, data: string) {
    this.name = name;
    this.namespace = namespace;
    this.data = data;
  }

  /** The text of the node and the nodes below. */
  get text(): string {
    return this.data + this.children.map((child) => child.text).join("");
  }
}

/** Namespace of the expressions that change documents (XQuery Update Facility). */
export const UPDATE_SYNTAX = "http://www.w3.org/2007/xquery-update-10";

/** Builds syntax trees for fontoxpath's parser (`INodesFactory` and `IDocumentWriter` in one). */
export class SyntaxTreeBuilder {
  createElementNS(namespace: string, name: string): SyntaxNode {
    return new SyntaxNode(name.slice(name.indexOf(":") + 1), namespace, "");
  }

  createTextNode(data: string): SyntaxNode {
    return new SyntaxNode("", "", data);
  }

  /** The parser keeps the query's text in a comment. */
  createComment(): SyntaxNode {
    return new SyntaxNode("", "", "");
  }

  insertBefore(parent: SyntaxNode, child: SyntaxNode): void {
    parent.children.push(child);
  }

  setAttributeNS(node: SyntaxNode, _namespace: string, name: string, value: string): void {
    if (node.name !== "stackTrace" || !name.endsWith("start")) return;
    const start: unknown = JSON.parse(value);
    if (typeof start === "object" && start !== null && "offset" in start && typeof start.offset === "number") {
      node.offset = start.offset;
    }
  }
}

const builder = new SyntaxTreeBuilder();

/**
 * Reads a query without compiling it.
 *
 * @throws the parser's own error (XPST0003), which carries the place
 */
export function parseSyntax(text: string, language: string): SyntaxNode {
  return fontoxpath.parseScript(text, { language, debug: true }, builder, builder);
}
