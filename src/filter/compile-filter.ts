import { XqbusError } from "../errors.ts";
import { XmlSyntaxError } from "../xml/index.ts";
import type { XmlDocument } from "../xml/index.ts";
import { checkQuery } from "./check-query.ts";
import { ConstructedNodes } from "./constructed-nodes.ts";
import { engineFailure } from "./engine-failure.ts";
import { FilterError } from "./filter-error.ts";
import { NoValueError, toFilterItem } from "./filter-item.ts";
import type { FilterItem } from "./filter-item.ts";
import type { Filter, FilterLanguage } from "./filter.ts";
import { fontoxpath } from "./fontoxpath.ts";
import type { FontoxpathItem, FontoxpathOptions } from "./fontoxpath.ts";
import { LightTreeFacade } from "./light-tree-facade.ts";

/** How a filter's text is to be read. */
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
}

/** `e` is the prefix that the shipped schemas use. */
export const DEFAULT_FILTER_NAMESPACES: Readonly<Record<string, string>> = Object.freeze({
  e: "http://www.gonicus.de/Events",
});

/** Characters of a filter's text; a filter is written by a person, or made from a template. */
const MAX_QUERY_LENGTH = 64 * 1024;

const LANGUAGES: Readonly<Record<FilterLanguage, string>> = {
  xquery: fontoxpath.evaluateXPath.XQUERY_3_1_LANGUAGE,
  xpath: fontoxpath.evaluateXPath.XPATH_3_1_LANGUAGE,
};

const facade = new LightTreeFacade();
const constructedNodes = new ConstructedNodes();
const silent = { trace: (): void => undefined };

/**
 * Compiles a filter. Nothing of it is evaluated, so that an error that depends on values shows with the first document.
 *
 * @throws FilterError with phase `static`, the W3C's code and, where it is known, the place: syntax (XPST0003), undeclared
 * prefix (XPST0081), unknown function (XPST0017) or variable (XPST0008), wrong types (XPTY0004), expressions that change
 * something (XUST0001), and `xqbus:invalid-query` for what is not supported.
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:limit-exceeded` (more than 65 536 characters)
 */
export function compileFilter(text: string, options: FilterOptions = {}): Filter {
  const language = options.language ?? "xquery";
  refuseUnusableArguments(text, language);
  const namespaces = new Map(Object.entries(options.namespaces ?? DEFAULT_FILTER_NAMESPACES));
  const defaultNamespace = options.defaultElementNamespace || null;
  const engineOptions: FontoxpathOptions = {
    language: LANGUAGES[language],
    debug: false,
    namespaceResolver: (prefix) => (prefix === "" ? defaultNamespace : (namespaces.get(prefix) ?? null)),
    logger: silent,
    nodesFactory: constructedNodes,
    documentWriter: constructedNodes,
  };
  const query: Query = { text: text.replace(/\r\n?/g, "\n"), written: text, options: engineOptions };
  checkQuery(query.text, text, engineOptions);
  return Object.freeze<Filter>({
    text,
    language,
    matches: (document) => run(query, document, "BOOLEAN_TYPE") as boolean,
    evaluate: (document) => toItems(run(query, document, "ALL_RESULTS_TYPE") as FontoxpathItem[], text),
  });
}

interface Query {
  /** With normalised line ends (XQuery 3.1, section A.2.3), so that the engine's offsets are places in it. */
  readonly text: string;
  readonly written: string;
  readonly options: FontoxpathOptions;
}

function refuseUnusableArguments(text: string, language: string): void {
  if (typeof text !== "string") {
    throw new XqbusError("xqbus:illegal-argument", `a filter is a text, not ${text === null ? "null" : typeof text}`);
  }
  if (!Object.hasOwn(LANGUAGES, language)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the language of a filter is "xquery" or "xpath", not ${JSON.stringify(language)}`,
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

function run(query: Query, document: XmlDocument, returnType: "BOOLEAN_TYPE" | "ALL_RESULTS_TYPE"): unknown {
  const { text, written, options } = query;
  try {
    return fontoxpath.evaluateXPath(text, document, facade, null, fontoxpath.evaluateXPath[returnType], options);
  } catch (error) {
    throw engineFailure(error, { text, query: written, phase: "dynamic" });
  }
}

function toItems(items: readonly FontoxpathItem[], query: string): readonly FilterItem[] {
  try {
    return Object.freeze(items.map(toFilterItem));
  } catch (error) {
    if (error instanceof NoValueError) {
      throw new FilterError("FOTY0013", error.message, { phase: "dynamic", query, cause: error });
    }
    const why =
      error instanceof RangeError
        ? "it is nested too deeply"
        : error instanceof XmlSyntaxError
          ? error.reason
          : (error as Error).message;
    throw new FilterError("xqbus:illegal-content", `the query constructs what XML cannot hold: ${why}`, {
      phase: "dynamic",
      query,
      cause: error,
    });
  }
}
