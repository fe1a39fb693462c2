import { checkFilterArguments, type FilterOptions } from "../filter-options.ts";
import type { FilterLanguage } from "../filter.ts";
import { moduleOptions } from "../module-options.ts";
import { queryFailure } from "../query-failure.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import type { LiteralSyntax } from "../syntax/ast.ts";
import { parametersOf } from "./parameters.ts";
import { readQueryText } from "./query-text.ts";

/**
 * A filter with other values where filters of one kind differ: operands of comparisons, and texts to be looked for. Numbers are shifted,
 * texts get something at their end, dates and times stay. For benchmarks, which need many filters where there are few.
 *
 * @param by other numbers give other filters; 0 gives the text as it is
 * @returns the text as it is where it has no such place
 * @throws FilterError for a text that is no query
 */
export function varyLiterals(text: string, by: number, options: FilterOptions = {}): string {
  checkFilterArguments(text, options);
  const { query, language } = moduleOptions(text, options);
  const ends = new Map(readQueryText(query, language)?.literals.map(({ at, end }) => [at, end]));
  const literals = by === 0 ? [] : parametersIn(text, query, language).filter(({ at }) => ends.has(at));
  let varied = "";
  let from = 0;
  for (const literal of literals.sort((a, b) => a.at - b.at)) {
    varied += query.slice(from, literal.at) + variedText(literal, by, language);
    from = ends.get(literal.at)!;
  }
  return varied + query.slice(from);
}

function parametersIn(text: string, query: string, language: FilterLanguage): LiteralSyntax[] {
  try {
    return [...parametersOf(parseQuery(query, language))];
  } catch (error) {
    throw queryFailure(error, query, text, "static");
  }
}

function variedText({ type, value }: LiteralSyntax, by: number, language: FilterLanguage): string {
  switch (type) {
    case "string": {
      const text = (isDate(value) ? value : `${value}~${by}`).replaceAll("'", "''");
      return `'${language === "xquery" ? text.replaceAll("&", "&amp;") : text}'`;
    }
    case "integer":
      return String(BigInt(value) + BigInt(by));
    case "decimal":
      return `${value}${value.includes(".") ? "" : "."}${by}`;
    case "double":
      return (Number(value) + by).toExponential();
  }
}

function isDate(text: string): boolean {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]{2}:[0-9]{2}:/.test(text);
}
