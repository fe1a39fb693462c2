import { checkSyntax, UNCHECKED, type FilterCheck } from "./check/index.ts";
import { CompiledFilter } from "./compiled-filter.ts";
import { compileModule, type CompiledModule, type ModuleOptions } from "./evaluate/module.ts";
import { FilterError } from "./filter-error.ts";
import { checkFilterArguments, type FilterOptions } from "./filter-options.ts";
import type { Filter } from "./filter.ts";
import { moduleOptions, refuseCharacters } from "./module-options.ts";
import { queryFailure } from "./query-failure.ts";
import type { QuerySyntax } from "./syntax/ast.ts";
import { parseQuery } from "./syntax/parse-query.ts";

/**
 * Compiles a filter. Nothing of it is evaluated, so that an error that depends on values shows with the first document.
 *
 * @throws FilterError with phase `static`, the W3C's code and the place: syntax (XPST0003), undeclared prefix (XPST0081), unknown
 *   function (XPST0017) or variable (XPST0008) …, and `xqbus:unsupported-query` for what filters do not have, named; with a
 *   catalog, `xqbus:filter-…` for a filter that can match no valid event, with all that is wrong in its `problems`
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:limit-exceeded` (more than 65 536 characters)
 */
export function compileFilter(text: string, options: FilterOptions = {}): Filter {
  checkFilterArguments(text, options);
  const compiled = compile(text, options);
  const check = options.catalog === undefined ? UNCHECKED : checkAgainst(compiled, options.catalog);
  if (!check.canMatch && options.onCatalogProblem !== "warning") throw FilterError.ofProblems(text, check.problems);
  // The syntax is not kept: who asks again gets it from the text.
  const { module, parts } = compiled;
  return new CompiledFilter({
    text,
    options,
    parts,
    module,
    check,
    checkAgain: (catalog) => checkAgainst(compile(text, options), catalog),
  });
}

interface Compilation {
  readonly parts: ModuleOptions;
  readonly syntax: QuerySyntax;
  readonly module: CompiledModule;
}

function compile(text: string, options: FilterOptions): Compilation {
  const parts = moduleOptions(text, options);
  try {
    refuseCharacters(parts.query);
    const syntax = parseQuery(parts.query, parts.language);
    return { parts, syntax, module: compileModule(syntax, parts) };
  } catch (error) {
    throw queryFailure(error, parts.query, text, "static");
  }
}

/** The check knows XQuery and XPath 3.1; XPath 1.0 compares other things. */
function checkAgainst(
  { parts, syntax, module }: Compilation,
  { model }: NonNullable<FilterOptions["catalog"]>,
): FilterCheck {
  if (parts.language === "xpath1") return UNCHECKED;
  const prefixes = [...parts.namespaces.keys()].filter((prefix) => prefix !== "");
  return checkSyntax({ syntax, scope: module.scope, query: parts.query, prefixes }, model);
}
