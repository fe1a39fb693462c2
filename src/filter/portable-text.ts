import { SECOND_PART } from "./syntax/parse-query.ts";
import type { QuerySyntax } from "./syntax/ast.ts";
import { ARRAY_NAMESPACE, ERR_NAMESPACE, MAP_NAMESPACE, MATH_NAMESPACE } from "./values/namespaces.ts";

/** What a filter's text leaves to the options it was compiled with. */
export interface TextSurroundings {
  readonly language: "xquery" | "xpath";
  /** Prefixes that are declared before the text begins; the empty one is the default element namespace. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** External variables that the text uses and does not declare, as `$Q{uri}local`, with a type where they are optional. */
  readonly undeclared: readonly string[];
}

/**
 * A filter's text as XQuery that means the same everywhere: with a declaration for each prefix that stands for something here without
 * one, and for each external variable.
 *
 * @param query the text with normalised line ends, of which `syntax` was made
 */
export function portableText(query: string, { prolog }: QuerySyntax, surroundings: TextSurroundings): string {
  const declared = new Set(
    prolog.declarations.flatMap((each) => {
      if (each.kind === "namespace") return [each.prefix];
      return each.kind === "defaultNamespace" && each.of === "element" ? [""] : [];
    }),
  );
  const own = OWN_PREFIXES.filter(([prefix]) => query.includes(`${prefix}:`));
  const namespaces = [...new Map([...own, ...surroundings.namespaces])]
    .filter(([prefix]) => !declared.has(prefix))
    .map(
      ([prefix, uri]) =>
        `declare ${prefix === "" ? "default element namespace" : `namespace ${prefix} =`} ${quote(uri)};`,
    );
  const variables = surroundings.undeclared.map((name) => `declare variable ${name} external;`);
  const behind = prolog.declarations.find(({ kind }) => SECOND_PART.has(kind))?.at ?? prolog.end;
  const second = variables.length === 0 ? prolog.at : behind;
  const rest = query.slice(second);
  return [
    query.slice(0, prolog.at),
    ...namespaces,
    query.slice(prolog.at, second),
    ...variables,
    // In XPath an ampersand is itself; it stands in literals and comments only.
    surroundings.language === "xpath" ? escapeReferences(rest) : rest,
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
