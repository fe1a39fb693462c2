import type { ModuleOptions } from "./evaluate/module.ts";
import { DEFAULT_FILTER_NAMESPACES, type FilterOptions } from "./filter-options.ts";
import { checkExternal, undeclaredVariable } from "./message/external-variables.ts";
import { QueryError } from "./values/query-error.ts";

/**
 * What the engine is told of a filter beside its syntax. Filters with the same options share the parts, by which an index sees that their
 * names mean the same. The text is not looked at.
 */
export function moduleOptions(text: string, options: FilterOptions): ModuleOptions {
  const query = text.replace(/\r\n?/g, "\n");
  const { language = "xquery" } = options;
  return {
    query,
    language,
    namespaces: namespacesFor(options),
    externalVariable: EXTERNAL_VARIABLES[language],
    checkExternal,
    baseUri: undefined,
  };
}

const EXTERNAL_VARIABLES: Readonly<Record<ModuleOptions["language"], ModuleOptions["externalVariable"]>> = {
  xquery: (name) => undeclaredVariable(name, "xquery"),
  xpath: (name) => undeclaredVariable(name, "xpath"),
  xpath1: (name) => undeclaredVariable(name, "xpath1"),
};

/** By the object that declares the prefixes, and the default namespace of elements. */
const known = new WeakMap<object, Map<string | undefined, ReadonlyMap<string, string>>>();

/** Default namespaces that are kept for one object; a program has few. */
const MAX_KEPT = 100;

function namespacesFor({
  namespaces = DEFAULT_FILTER_NAMESPACES,
  defaultElementNamespace,
}: FilterOptions): ReadonlyMap<string, string> {
  const kept = known.get(namespaces) ?? new Map<string | undefined, ReadonlyMap<string, string>>();
  known.set(namespaces, kept);
  const entries = Object.entries(namespaces);
  if (defaultElementNamespace !== undefined) entries.push(["", defaultElementNamespace]);
  const found = kept.get(defaultElementNamespace);
  if (found?.size === entries.length && entries.every(([prefix, uri]) => found.get(prefix) === uri)) return found;
  const made = new Map(entries);
  if (kept.size < MAX_KEPT) kept.set(defaultElementNamespace, made);
  return made;
}

/** @throws QueryError XPST0003 for a character that no XML document can have */
export function refuseCharacters(query: string): void {
  const found = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(query);
  if (found === null) return;
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new QueryError("XPST0003", `a filter cannot contain the character U+${code}`, found.index);
}
