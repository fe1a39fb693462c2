import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import type { BudgetLimits } from "./evaluate/budget.ts";
import { FilterError } from "./filter-error.ts";
import type { FilterLanguage } from "./filter.ts";
import { MESSAGE_NAMESPACE } from "./message/filter-message.ts";

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
  /**
   * The event types: what the filter is checked against (`docs/filter-check.md`), which values are sensitive, and which fields travel as
   * application properties. Default: none, and the filter is not checked.
   */
  readonly catalog?: Pick<Catalog, "model">;
  /**
   * What a filter is that can match no valid event of the catalog: an `error` (the default), or a `warning`. What is wrong in a part
   * of a filter that can match is always a warning.
   */
  readonly onCatalogProblem?: "error" | "warning";
}

/** `e` is the prefix that the shipped schemas use; `msg` has the properties of the message. */
export const DEFAULT_FILTER_NAMESPACES: Readonly<Record<string, string>> = Object.freeze({
  e: "http://www.gonicus.de/Events",
  msg: MESSAGE_NAMESPACE,
});

/** Characters of a filter's text; a filter is written by a person, or made from a template. */
const MAX_QUERY_LENGTH = 64 * 1024;

const LANGUAGES: readonly string[] = ["xquery", "xpath", "xpath1"] satisfies FilterLanguage[];

const SEVERITIES: readonly unknown[] = [undefined, "error", "warning"] satisfies FilterOptions["onCatalogProblem"][];

/**
 * Refuses what cannot be compiled whatever the text says.
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:limit-exceeded`; FilterError XPST0003 for an empty text
 */
export function checkFilterArguments(text: string, { language = "xquery", onCatalogProblem }: FilterOptions): void {
  if (typeof text !== "string") {
    throw new XqbusError("xqbus:illegal-argument", `a filter is a text, not ${text === null ? "null" : typeof text}`);
  }
  if (!LANGUAGES.includes(language)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the language of a filter is "xquery", "xpath" or "xpath1", not ${JSON.stringify(language)}`,
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
