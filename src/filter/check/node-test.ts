import type { ExpandedName } from "../../xml/index.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { NodeTestSyntax } from "../syntax/ast.ts";

/** Which nodes a step selects on its axis. */
export interface NodeTest {
  /** The only name that fits, where there is just one. */
  readonly name: ExpandedName | undefined;
  /** The only namespace that fits, where there is just one. */
  readonly namespace: string | undefined;
  /** Whether elements fit if they have the right name. */
  readonly elements: boolean;
  readonly attributes: boolean;
  readonly documents: boolean;
  /** Texts, comments and the like. */
  readonly leaves: boolean;
  fits(name: ExpandedName): boolean;
}

/** @param principal what a mere name means on the axis */
export function readNodeTest(syntax: NodeTestSyntax, principal: "element" | "attribute", scope: Scope): NodeTest {
  const kinds = { ...NO_KIND, ...(principal === "element" ? { elements: true } : { attributes: true }) };
  switch (syntax.kind) {
    case "name":
      return { ...kinds, ...only(scope.resolve(syntax.name, principal === "element" ? "element" : "none")) };
    case "wildcard": {
      const { localName, uri, prefix } = syntax;
      const namespace = uri ?? (prefix === undefined ? undefined : scope.namespaceOf(prefix));
      const fits = (name: ExpandedName): boolean =>
        (localName === undefined || name.localName === localName) &&
        (namespace === undefined || name.namespace === namespace);
      return { ...kinds, name: undefined, namespace, fits };
    }
    case "anyNode":
      return { ...ANY_NAME, elements: true, attributes: true, documents: true, leaves: true };
    case "element":
    case "attribute": {
      const kind = syntax.kind === "element" ? { elements: true } : { attributes: true };
      const names =
        syntax.name === undefined
          ? ANY_NAME
          : only(scope.resolve(syntax.name, syntax.kind === "element" ? "element" : "none"));
      return { ...NO_KIND, ...names, ...kind };
    }
    case "documentNode":
      return { ...NO_KIND, ...ANY_NAME, documents: true };
    default:
      return { ...NO_KIND, ...ANY_NAME, leaves: true };
  }
}

const NO_KIND = { elements: false, attributes: false, documents: false, leaves: false };

const ANY_NAME = { name: undefined, namespace: undefined, fits: (): boolean => true };

function only(name: ExpandedName): Pick<NodeTest, "name" | "namespace" | "fits"> {
  return { name, namespace: name.namespace, fits: (other) => other === name || String(other) === String(name) };
}
