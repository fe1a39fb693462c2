import { internName, type ExpandedName } from "../../xml/index.ts";
import type { NodeTestSyntax, QNameSyntax, QuerySyntax } from "../syntax/ast.ts";
import { FN_NAMESPACE } from "../values/namespaces.ts";

/** The names of a query, as its prolog and what was declared before it say. */
export class QueryNames {
  readonly #namespaces: Map<string, string>;
  /** Whether names of functions without prefix are those of the standard. */
  readonly hasStandardFunctions: boolean;

  /** @param namespaces prefixes declared before the query begins; the empty one is the default element namespace */
  constructor({ prolog }: QuerySyntax, namespaces: ReadonlyMap<string, string>) {
    this.#namespaces = new Map(namespaces);
    for (const declaration of prolog.declarations) {
      if (declaration.kind === "namespace") this.#namespaces.set(declaration.prefix, declaration.uri);
      if (declaration.kind === "defaultNamespace" && declaration.of === "element") {
        this.#namespaces.set("", declaration.uri);
      }
    }
    this.hasStandardFunctions = !prolog.declarations.some(
      (declaration) => declaration.kind === "defaultNamespace" && declaration.of === "function",
    );
  }

  element({ prefix, localName, uri }: QNameSyntax): ExpandedName | undefined {
    const namespace = uri ?? this.#namespaces.get(prefix) ?? (prefix === "" ? "" : undefined);
    return namespace === undefined ? undefined : internName(namespace, localName);
  }

  attribute(name: QNameSyntax): ExpandedName | undefined {
    return name.prefix === "" && name.uri === undefined ? internName("", name.localName) : this.element(name);
  }

  /** The name that a test wants; undefined for one that wants something else. */
  tested(test: NodeTestSyntax, axis: "element" | "attribute"): ExpandedName | undefined {
    if (test.kind !== "name") return undefined;
    return axis === "element" ? this.element(test.name) : this.attribute(test.name);
  }

  /** The local name of a standard function that is called; undefined for others. */
  standardFunction({ prefix, localName, uri }: QNameSyntax): string | undefined {
    const isStandard = uri === undefined && (prefix === "fn" || (prefix === "" && this.hasStandardFunctions));
    return isStandard && (this.#namespaces.get("fn") ?? FN_NAMESPACE) === FN_NAMESPACE ? localName : undefined;
  }
}

/** Whether a test lets every element through. */
export function isAnyElement(test: NodeTestSyntax): boolean {
  if (test.kind === "wildcard") return (test.prefix ?? test.uri ?? test.localName) === undefined;
  return test.kind === "element" && test.name === undefined && test.type === undefined;
}
