import { XqbusError } from "../errors.ts";
import { parseXml } from "../xml/index.ts";
import type { XmlDocument } from "../xml/index.ts";
import { ConstructedElement, ConstructedLeaf, ConstructedNodes } from "./constructed-nodes.ts";
import { FilterError } from "./filter-error.ts";
import type { FilterPhase } from "./filter-error.ts";
import type { Filter, FilterItem, FilterLanguage } from "./filter.ts";
import { fontoxpath } from "./fontoxpath.ts";
import type { FontoxpathItem, FontoxpathOptions, FontoxpathRange } from "./fontoxpath.ts";
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

/** Stands for "some document" when a filter is compiled; what fails on it for static reasons fails on every document. */
const PROBE = parseXml("<probe/>");

const facade = new LightTreeFacade();
const constructedNodes = new ConstructedNodes();
const silent = { trace: (): void => undefined };

/**
 * Compiles a filter.
 *
 * @throws FilterError with phase `static`, the W3C's code and, where it is known, the place: syntax (XPST0003), undeclared
 * prefix (XPST0081), unknown function (XPST0017) or variable (XPST0008), wrong types (XPTY0004), what is not supported.
 */
export function compileFilter(text: string, options: FilterOptions = {}): Filter {
  const language = options.language ?? "xquery";
  refuseUnusableText(text);
  const namespaces = new Map(Object.entries(options.namespaces ?? DEFAULT_FILTER_NAMESPACES));
  const defaultNamespace = options.defaultElementNamespace ?? null;
  const engineOptions: FontoxpathOptions = {
    language:
      language === "xquery"
        ? fontoxpath.evaluateXPath.XQUERY_3_1_LANGUAGE
        : fontoxpath.evaluateXPath.XPATH_3_1_LANGUAGE,
    debug: false,
    namespaceResolver: (prefix) => (prefix === "" ? defaultNamespace : (namespaces.get(prefix) ?? null)),
    logger: silent,
    nodesFactory: constructedNodes,
    documentWriter: constructedNodes,
  };
  refuseStaticErrors(text, engineOptions);
  return Object.freeze<Filter>({
    text,
    language,
    matches: (document) => run(text, document, "BOOLEAN_TYPE", engineOptions) as boolean,
    evaluate: (document) =>
      Object.freeze((run(text, document, "ALL_RESULTS_TYPE", engineOptions) as FontoxpathItem[]).map(toFilterItem)),
  });
}

function refuseUnusableText(text: string): void {
  if (typeof text !== "string") {
    throw new XqbusError("xqbus:illegal-argument", `a filter is a text, not ${text === null ? "null" : typeof text}`);
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

/** fontoxpath compiles when it evaluates, so one evaluation on a neutral document brings the static errors to light. */
function refuseStaticErrors(text: string, options: FontoxpathOptions): void {
  try {
    run(text, PROBE, "BOOLEAN_TYPE", options);
  } catch (error) {
    if (!(error instanceof FilterError) || !isStaticCode(error.code)) return;
    try {
      run(text, PROBE, "BOOLEAN_TYPE", { ...options, debug: true });
    } catch (located) {
      if (located instanceof FilterError) throw asStatic(located);
    }
    throw asStatic(error);
  }
}

/** The W3C's static errors, type errors that no document can avoid, and what the engine cannot do at all. */
function isStaticCode(code: string): boolean {
  return /^(X[PQU]ST|X[PQU]TY|XQDY0054)/.test(code) || code === "xqbus:invalid-query";
}

function asStatic(error: FilterError): FilterError {
  const position =
    error.line === undefined || error.column === undefined ? undefined : { line: error.line, column: error.column };
  return new FilterError(error.code, error.reason, {
    phase: "static",
    query: error.query,
    position,
    cause: error.cause,
  });
}

function run(
  text: string,
  document: XmlDocument,
  returnType: "BOOLEAN_TYPE" | "ALL_RESULTS_TYPE",
  options: FontoxpathOptions,
): unknown {
  try {
    return fontoxpath.evaluateXPath(text, document, facade, null, fontoxpath.evaluateXPath[returnType], options);
  } catch (error) {
    throw toFilterError(error, text, "dynamic");
  }
}

/**
 * fontoxpath throws plain errors: the code stands in the message (`XPST0003: …`, `XPST0008, …`), static errors in debug
 * mode put an excerpt of the query before it and carry a place, and some internal errors have no code at all.
 */
function toFilterError(error: unknown, query: string, phase: FilterPhase): FilterError {
  const message = error instanceof Error ? error.message : String(error);
  const coded = /(?:^|\bError: )([A-Z]{4}\d{4})(?:[:,]\s*([^\n]*))?/.exec(message);
  const code = coded?.[1] ?? "xqbus:invalid-query";
  const reason = coded === null ? message.split("\n", 1).join("") : (coded[2] ?? "");
  const range = (error as { position?: FontoxpathRange }).position;
  const position =
    range === undefined ? undefined : { line: range.start.line, column: columnAt(query, range.start.offset) };
  return new FilterError(code, clearer(code, reason), { phase, query, position, cause: error });
}

function columnAt(query: string, offset: number): number {
  const lineStart = Math.max(query.lastIndexOf("\n", offset - 1), query.lastIndexOf("\r", offset - 1)) + 1;
  return offset - lineStart + 1;
}

/** Adds to the engine's sentence what would be right, for the mistakes that people make most. */
function clearer(code: string, reason: string): string {
  switch (code) {
    case "XPST0003":
      return `syntax error: ${shortenExpected(reason.replace(/^Failed to parse script\. /, ""))}`;
    case "XPST0081": {
      const prefix = /prefix (\S+) could not/.exec(reason)?.[1];
      return prefix === undefined
        ? reason
        : `the prefix "${prefix}" is not declared; begin the query with: declare namespace ${prefix} = "…";`;
    }
    case "XPST0017":
      return reason
        .replace("Q{http://www.w3.org/2005/xpath-functions}", "")
        .replace(/Function (\S+) with arity of (\d+) not registered\./, "there is no function $1 with $2 argument(s).")
        .replace(" No similar functions found.", "");
    case "FOER0000":
      return reason === "" ? "the query called error()" : reason;
    default:
      return reason === "" ? "the engine gave no further explanation" : reason;
  }
}

/** The parser lists everything that could have followed, character classes included; more than a few help nobody. */
function shortenExpected(reason: string): string {
  const expected = /^Expected (.*)$/s.exec(reason)?.[1];
  return expected === undefined || expected.length <= 60
    ? lowerFirst(reason)
    : "an expression is missing or incomplete here";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function toFilterItem(item: FontoxpathItem): FilterItem {
  if (item instanceof ConstructedElement) return item.toElement();
  if (item instanceof ConstructedLeaf) return item.data;
  return item;
}
