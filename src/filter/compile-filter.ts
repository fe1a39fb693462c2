import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import type { XmlDocument } from "../xml/index.ts";
import { assertDocument } from "./assert-document.ts";
import { checkSyntax, UNCHECKED, type FilterCheck } from "./check/index.ts";
import { DEFAULT_BUDGET, type BudgetLimits } from "./evaluate/budget.ts";
import type { Context } from "./evaluate/environment.ts";
import { compileModule, type CompiledModule } from "./evaluate/module.ts";
import { located } from "./evaluate/located.ts";
import { contextFor } from "./evaluate/run.ts";
import { FilterError, type FilterPhase } from "./filter-error.ts";
import { toFilterItem, type FilterItem } from "./filter-item.ts";
import type { Filter, FilterLanguage } from "./filter.ts";
import { positionIn } from "./position-in.ts";
import type { QuerySyntax } from "./syntax/ast.ts";
import { parseQuery } from "./syntax/parse-query.ts";
import { QueryError } from "./values/query-error.ts";

/** How a filter's text is to be read, and what evaluating it may cost. */
export interface FilterOptions {
  /** Default `xquery`. */
  readonly language?: FilterLanguage;
  /** Namespace of unprefixed element names; default none, as the standard says. A query's own prolog comes first. */
  readonly defaultElementNamespace?: string;
  /**
   * Prefixes that are declared before the text begins (XPath has no prolog of its own).
   * Default {@link DEFAULT_FILTER_NAMESPACES}. A query's own declarations come first.
   */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** What evaluating the filter once may cost; default {@link DEFAULT_BUDGET}. */
  readonly budget?: Partial<BudgetLimits>;
  /** The catalog that the filter is checked against (`docs/filter-check.md`). Default: none, and the filter is not checked. */
  readonly catalog?: Pick<Catalog, "model">;
  /**
   * What a filter is that can match no valid event of the catalog: an `error` (the default), or a `warning`. What is wrong in a part
   * of a filter that can match is always a warning.
   */
  readonly onCatalogProblem?: "error" | "warning";
}

/** `e` is the prefix that the shipped schemas use. */
export const DEFAULT_FILTER_NAMESPACES: Readonly<Record<string, string>> = Object.freeze({
  e: "http://www.gonicus.de/Events",
});

/** Characters of a filter's text; a filter is written by a person, or made from a template. */
const MAX_QUERY_LENGTH = 64 * 1024;

const SEVERITIES: readonly unknown[] = [undefined, "error", "warning"] satisfies FilterOptions["onCatalogProblem"][];

const LANGUAGES: readonly string[] = ["xquery", "xpath"] satisfies FilterLanguage[];

/** Characters of a message: it may quote a value of the event, which can be long. */
const MAX_REASON_LENGTH = 500;

/**
 * Compiles a filter. Nothing of it is evaluated, so that an error that depends on values shows with the first document.
 *
 * @throws FilterError with phase `static`, the W3C's code and the place: syntax (XPST0003), undeclared prefix (XPST0081), unknown
 *   function (XPST0017) or variable (XPST0008) …, and `xqbus:unsupported-query` for what filters do not have, named; with a
 *   catalog, `xqbus:filter-…` for a filter that can match no valid event, with all that is wrong in its `problems`
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:limit-exceeded` (more than 65 536 characters)
 */
export function compileFilter(text: string, options: FilterOptions = {}): Filter {
  const language = options.language ?? "xquery";
  refuseUnusableArguments(text, language, options);
  const limits = { ...DEFAULT_BUDGET, ...options.budget };
  const query = text.replace(/\r\n?/g, "\n");
  const failure = (error: unknown, phase: FilterPhase): unknown => filterError(error, query, text, phase);
  const compiled = compile(query, language, options, failure);
  const { module } = compiled;
  const checked = options.catalog === undefined ? UNCHECKED : checkCompiled(compiled, query, options, options.catalog);
  if (!checked.canMatch && options.onCatalogProblem !== "warning") {
    throw FilterError.ofProblems(text, checked.problems);
  }
  const run = <T>(document: XmlDocument, evaluate: (context: Context) => T): T => {
    assertDocument(document);
    try {
      return evaluate(contextFor(module, { contextItem: document, limits }));
    } catch (error) {
      throw failure(error, "dynamic");
    }
  };
  return Object.freeze<Filter>({
    text,
    language,
    eventTypes: checked.eventTypes,
    warnings: checked.problems,
    check: (catalog) => checkCompiled(compile(query, language, options, failure), query, options, catalog),
    matches: (document) => run(document, (context) => located(module.body.at, () => module.body.test(context))),
    evaluate: (document) =>
      run(document, (context): readonly FilterItem[] => {
        const { budget } = context.environment;
        return Object.freeze(module.body.items(context).map((item) => toFilterItem(item, budget)));
      }),
  });
}

interface CompiledQuery {
  readonly syntax: QuerySyntax;
  readonly module: CompiledModule;
}

function namespacesOf({ namespaces = DEFAULT_FILTER_NAMESPACES }: FilterOptions): Readonly<Record<string, string>> {
  return namespaces;
}

function checkCompiled(
  { syntax, module }: CompiledQuery,
  query: string,
  options: FilterOptions,
  { model }: Pick<Catalog, "model">,
): FilterCheck {
  const prefixes = Object.keys(namespacesOf(options));
  return checkSyntax({ syntax, scope: module.scope, query, prefixes }, model);
}

function compile(
  query: string,
  language: FilterLanguage,
  options: FilterOptions,
  failure: (error: unknown, phase: FilterPhase) => unknown,
): CompiledQuery {
  const namespaces = new Map(Object.entries(namespacesOf(options)));
  if (options.defaultElementNamespace !== undefined) namespaces.set("", options.defaultElementNamespace);
  try {
    refuseCharacters(query);
    const syntax = parseQuery(query, language);
    const module = compileModule(syntax, {
      query,
      language,
      namespaces,
      externalVariable: () => undefined,
      baseUri: undefined,
    });
    return { syntax, module };
  } catch (error) {
    throw failure(error, "static");
  }
}

/** @throws QueryError XPST0003 for a character that no XML document can have */
function refuseCharacters(query: string): void {
  const found = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(query);
  if (found === null) return;
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new QueryError("XPST0003", `a filter cannot contain the character U+${code}`, found.index);
}

function refuseUnusableArguments(text: string, language: string, { onCatalogProblem }: FilterOptions): void {
  if (typeof text !== "string") {
    throw new XqbusError("xqbus:illegal-argument", `a filter is a text, not ${text === null ? "null" : typeof text}`);
  }
  if (!LANGUAGES.includes(language)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the language of a filter is "xquery" or "xpath", not ${JSON.stringify(language)}`,
    );
  }
  if (!SEVERITIES.includes(onCatalogProblem)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `option onCatalogProblem is "error" or "warning", not ${JSON.stringify(onCatalogProblem)}`,
    );
  }
  if (text.trim() === "") {
    throw new FilterError("XPST0003", 'the filter is empty; leave it out, or write ".", to get every event', {
      phase: "static",
      query: text,
    });
  }
  if (text.length > MAX_QUERY_LENGTH) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `the filter has ${text.length} characters; at most ${MAX_QUERY_LENGTH} are allowed`,
    );
  }
}

function filterError(error: unknown, query: string, written: string, phase: FilterPhase): unknown {
  if (error instanceof RangeError) {
    const reason = phase === "static" ? "the filter is nested too deeply" : "the evaluation recurses too deeply";
    return new FilterError("XPDY0130", reason, { phase, query: written, cause: error });
  }
  if (!(error instanceof QueryError)) return error;
  return new FilterError(PUBLIC_CODES[error.code] ?? error.code, shorten(error.reason), {
    phase,
    query: written,
    position: error.at === undefined ? undefined : positionIn(query, error.at),
    cause: error,
  });
}

const PUBLIC_CODES: Readonly<Record<string, string | undefined>> = { "xqbus:unsupported": "xqbus:unsupported-query" };

function shorten(reason: string): string {
  const line = reason.replace(/\s+/g, " ").trim();
  return line.length <= MAX_REASON_LENGTH ? line : `${line.slice(0, MAX_REASON_LENGTH - 1)}…`;
}
