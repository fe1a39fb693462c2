import { compileModule, type CompiledModule, type ModuleOptions } from "../../../src/filter/evaluate/module.ts";
import { contextFor } from "../../../src/filter/evaluate/run.ts";
import { parseQuery } from "../../../src/filter/syntax/parse-query.ts";
import { QueryError } from "../../../src/filter/values/query-error.ts";
import type { Sequence } from "../../../src/filter/values/item.ts";
import type { XmlDocument } from "../../../src/xml/index.ts";

const NAMESPACES: ReadonlyMap<string, string> = new Map([["f", "urn:f"]]);

/** Values of the one external variable, `$given`. */
export const VARIABLES: ReadonlyMap<string, Sequence> = new Map([["given", ["x"]]]);

const externalVariable: ModuleOptions["externalVariable"] = ({ localName }) =>
  localName === "given" ? { item: { kind: "item" }, occurrence: "*" } : undefined;

/** A filter in which the prefix f and the variable given are declared. */
export function filterOf(
  query: string,
): Required<Pick<ModuleOptions, "query" | "namespaces" | "externalVariable">> {
  return { query, namespaces: NAMESPACES, externalVariable };
}

/** The filter compiled by itself. */
export function compileAlone(query: string): CompiledModule {
  const options = { ...filterOf(query), language: "xquery", baseUri: undefined } as const;
  return compileModule(parseQuery(query, "xquery"), options);
}

/** What the filter says by itself; an error is no match. */
export function matchesAlone(module: CompiledModule, document: XmlDocument): boolean {
  try {
    return module.body.test(contextFor(module, { contextItem: document, variables: VARIABLES }));
  } catch (error) {
    if (error instanceof QueryError) return false;
    throw error;
  }
}
