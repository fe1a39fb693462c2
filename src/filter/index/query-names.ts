import { internName, type ExpandedName } from "../../xml/index.ts";
import type { PrologSyntax, QNameSyntax } from "../syntax/ast.ts";
import { FN_NAMESPACE, XSD_NAMESPACE } from "../values/namespaces.ts";

/** What the names of a query mean: the prolog's declarations over those from outside. Only for queries that compile. */
export class QueryNames {
  readonly #namespaces: Map<string, string>;
  #element: string;
  #function: string = FN_NAMESPACE;

  constructor({ declarations }: PrologSyntax, predeclared: ReadonlyMap<string, string>) {
    this.#namespaces = new Map([["xs", XSD_NAMESPACE], ["fn", FN_NAMESPACE], ...predeclared]);
    this.#element = predeclared.get("") ?? "";
    for (const declaration of declarations) {
      if (declaration.kind === "namespace") this.#namespaces.set(declaration.prefix, declaration.uri);
      if (declaration.kind !== "defaultNamespace") continue;
      if (declaration.of === "element") this.#element = declaration.uri;
      else this.#function = declaration.uri;
    }
  }

  /** The namespace of a prefix; undefined when it is one that the index does not need to know. */
  namespaceOf(prefix: string): string | undefined {
    return this.#namespaces.get(prefix);
  }

  /** The expanded name; undefined when the prefix is not known here. */
  resolve(
    { prefix, localName, uri }: QNameSyntax,
    unprefixed: "element" | "function" | "none",
  ): ExpandedName | undefined {
    if (uri !== undefined) return internName(uri, localName);
    if (prefix !== "") {
      const namespace = this.#namespaces.get(prefix);
      return namespace === undefined ? undefined : internName(namespace, localName);
    }
    return internName({ element: this.#element, function: this.#function, none: "" }[unprefixed], localName);
  }
}
