import type { CompiledModule, ModuleOptions } from "./evaluate/module.ts";
import { SECOND_PART } from "./syntax/parse-query.ts";
import type { QuerySyntax } from "./syntax/ast.ts";
import { ARRAY_NAMESPACE, ERR_NAMESPACE, MAP_NAMESPACE, MATH_NAMESPACE } from "./values/namespaces.ts";

/**
 * A filter's text as XQuery that means the same everywhere: with a declaration for each prefix that stands for something here without
 * one, and for each external variable.
 *
 * @param undeclared external variables that the text uses and does not declare
 * @returns undefined for XPath 1.0, whose values are converted in other ways
 */
export function portableText(
  { prolog }: QuerySyntax,
  { query, language, namespaces: predeclared }: Pick<ModuleOptions, "query" | "language" | "namespaces">,
  undeclared: CompiledModule["undeclared"],
): string | undefined {
  if (language === "xpath1") return undefined;
  const declared = new Set(
    prolog.declarations.flatMap((each) => {
      if (each.kind === "namespace") return [each.prefix];
      return each.kind === "defaultNamespace" && each.of === "element" ? [""] : [];
    }),
  );
  const own = OWN_PREFIXES.filter(([prefix]) => query.includes(`${prefix}:`));
  const namespaces = [...new Map([...own, ...predeclared])]
    .filter(([prefix]) => !declared.has(prefix))
    .map(
      ([prefix, uri]) =>
        `declare ${prefix === "" ? "default element namespace" : `namespace ${prefix} =`} ${quote(uri)};`,
    );
  const variables = undeclared.map(({ name, type }) => {
    const optional = type.occurrence === "?" ? " as item()?" : "";
    return `declare variable $Q{${name.namespace}}${name.localName}${optional} external;`;
  });
  const behind = prolog.declarations.find(({ kind }) => SECOND_PART.has(kind))?.at ?? prolog.end;
  const second = variables.length === 0 ? prolog.at : behind;
  const rest = query.slice(second);
  return [
    query.slice(0, prolog.at),
    ...namespaces,
    query.slice(prolog.at, second),
    ...variables,
    // In XPath an ampersand is itself; it stands in literals and comments only.
    language === "xpath" ? escapeReferences(rest) : rest,
  ]
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "")
    .join("\n");
}

function quote(text: string): string {
  return `"${escapeReferences(text).replaceAll('"', '""')}"`;
}

function escapeReferences(text: string): string {
  return text.replaceAll("&", "&amp;");
}

/** Prefixes that are always there, beyond those of the standard (XQuery 3.1, section 2.1.1). */
const OWN_PREFIXES: readonly (readonly [prefix: string, uri: string])[] = [
  ["math", MATH_NAMESPACE],
  ["map", MAP_NAMESPACE],
  ["array", ARRAY_NAMESPACE],
  ["err", ERR_NAMESPACE],
];
