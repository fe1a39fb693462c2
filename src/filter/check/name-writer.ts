import type { ExpandedName } from "../../xml/index.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { PrologSyntax } from "../syntax/ast.ts";
import type { NameWriter } from "./analysis.ts";

/**
 * Writes names as the query itself would.
 *
 * @param given prefixes that are declared before the text begins
 */
export function nameWriter(scope: Scope, prolog: PrologSyntax, given: Iterable<string>): NameWriter {
  const written = prolog.declarations.flatMap((each) => (each.kind === "namespace" ? each.prefix : []));
  const prefixes = [...new Set([...written, ...given])].filter((prefix) => prefix !== "");
  const write = ({ namespace, localName }: ExpandedName, unprefixed: string): string => {
    if (namespace === unprefixed) return localName;
    const prefix = prefixes.find((each) => scope.namespaceOf(each) === namespace);
    return prefix === undefined ? `Q{${namespace}}${localName}` : `${prefix}:${localName}`;
  };
  return {
    element: (name) => write(name, scope.defaultElementNamespace),
    attribute: (name) => write(name, ""),
  };
}
