import { UPDATE_SYNTAX } from "./syntax-tree.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/** Something in a query that the engine would accept and that a filter must not have. */
export interface RefusedSyntax {
  readonly code: string;
  readonly reason: string;
  /** Where in the text, when it is known. */
  readonly offset: number | undefined;
}

/**
 * Functions that run text as code or find other functions by a computed name. Any namespace: names can be written in too
 * many ways to tell them apart by it, and a function of the query's own can have another name.
 */
const CODE_RUNNERS: ReadonlySet<string> = new Set(["evaluate", "function-lookup"]);

/** Finds the first thing in a query that filters must not have, or undefined. */
export function findRefusedSyntax(root: SyntaxNode, text: string): RefusedSyntax | undefined {
  const pending: { readonly node: SyntaxNode; readonly parent: SyntaxNode; readonly offset: number | undefined }[] = [
    { node: root, parent: root, offset: undefined },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, parent } = next;
    const offset = node.offset ?? next.offset;
    const refused = refusal(node, parent, text);
    if (refused !== undefined) return { offset, ...refused };
    for (const child of node.children.toReversed()) pending.push({ node: child, parent: node, offset });
  }
  return undefined;
}

function refusal(
  node: SyntaxNode,
  parent: SyntaxNode,
  text: string,
): { readonly code: string; readonly reason: string; readonly offset?: number } | undefined {
  if (node.namespace === UPDATE_SYNTAX) {
    return {
      code: "XUST0001",
      reason: "a filter cannot change anything: insert, delete, replace, rename and copy … modify are not allowed",
    };
  }
  switch (node.name) {
    case "external": {
      const name = parent.children.find((child) => child.name === "varName")?.text ?? "";
      const place = text.indexOf(`$${name}`);
      return {
        code: "xqbus:invalid-query",
        reason: `external variables are not supported; give $${name} its value in the query: declare variable $${name} := …;`,
        ...(place < 0 ? {} : { offset: place }),
      };
    }
    case "externalDefinition":
      return {
        code: "xqbus:invalid-query",
        reason: "external functions are not supported; declare the function with its body",
      };
    case "allowingEmpty":
      return {
        code: "xqbus:invalid-query",
        reason: '"allowing empty" is not supported; test the sequence with empty(…)',
      };
    case "functionName":
    case "EQName":
      return (node.name === "EQName" ? parent.name === "arrowExpr" : parent.name !== "functionDecl") &&
        CODE_RUNNERS.has(node.text)
        ? {
            code: "XPST0017",
            reason: `there is no function ${node.text} for filters, which run no text as code; a function of your own needs another name`,
          }
        : undefined;
    default:
      return undefined;
  }
}
