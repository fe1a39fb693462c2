import { XqbusError } from "../errors.ts";
import type { XmlDocument } from "../xml/index.ts";
import { assertDocument } from "./assert-document.ts";
import { DEFAULT_BUDGET, type BudgetLimits } from "./evaluate/budget.ts";
import type { Context } from "./evaluate/environment.ts";
import { compileModule, type CompiledModule, type ModuleOptions } from "./evaluate/module.ts";
import { located } from "./evaluate/located.ts";
import { contextFor } from "./evaluate/run.ts";
import { FilterError, type FilterPhase } from "./filter-error.ts";
import { toFilterItem, type FilterItem } from "./filter-item.ts";
import type { Filter, FilterLanguage } from "./filter.ts";
import { checkExternal, undeclaredVariable } from "./message/external-variables.ts";
import { MESSAGE_NAMESPACE, type FilterMessage } from "./message/filter-message.ts";
import { messageVariables } from "./message/message-variables.ts";
import { portableText } from "./portable-text.ts";
import { positionIn } from "./position-in.ts";
import { parseQuery } from "./syntax/parse-query.ts";
import type { Sequence } from "./values/item.ts";
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
}

/** `e` is the prefix that the shipped schemas use; `msg` has the properties of the message. */
export const DEFAULT_FILTER_NAMESPACES: Readonly<Record<string, string>> = Object.freeze({
  e: "http://www.gonicus.de/Events",
  msg: MESSAGE_NAMESPACE,
});

/** Characters of a filter's text; a filter is written by a person, or made from a template. */
const MAX_QUERY_LENGTH = 64 * 1024;

const LANGUAGES: readonly string[] = ["xquery", "xpath"] satisfies FilterLanguage[];

const NO_VARIABLES: ReadonlyMap<string, Sequence> = new Map();

/** Characters of a message: it may quote a value of the event, which can be long. */
const MAX_REASON_LENGTH = 500;

/**
 * Compiles a filter. Nothing of it is evaluated, so that an error that depends on values shows with the first document.
 *
 * @throws FilterError with phase `static`, the W3C's code and the place: syntax (XPST0003), undeclared prefix (XPST0081), unknown
 *   function (XPST0017) or variable (XPST0008) …, and `xqbus:unsupported-query` for what filters do not have, named
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:limit-exceeded` (more than 65 536 characters)
 */
export function compileFilter(text: string, options: FilterOptions = {}): Filter {
  const source = moduleOptionsOf(text, options);
  const { query, language } = source;
  const limits = { ...DEFAULT_BUDGET, ...options.budget };
  const failure = (error: unknown, phase: FilterPhase): unknown => filterError(error, query, text, phase);
  const { module, xquery } = compile(source, failure);
  const needsMessage = module.externals.length > 0;
  const run = <T>(document: XmlDocument, message: FilterMessage | undefined, evaluate: (context: Context) => T): T => {
    assertDocument(document);
    const variables = needsMessage ? messageVariables(message ?? {}) : NO_VARIABLES;
    try {
      return evaluate(contextFor(module, { contextItem: document, limits, variables }));
    } catch (error) {
      throw failure(error, "dynamic");
    }
  };
  const filter = Object.freeze<Filter>({
    text,
    language,
    xquery,
    variables: Object.freeze(module.externals.map(String)),
    matches: (document, message) =>
      run(document, message, (context) => located(module.body.at, () => module.body.test(context))),
    evaluate: (document, message) =>
      run(document, message, (context): readonly FilterItem[] => {
        const { budget } = context.environment;
        return Object.freeze(module.body.items(context).map((item) => toFilterItem(item, budget)));
      }),
  });
  SOURCES.set(filter, source);
  return filter;
}

/** What filters were compiled from. */
const SOURCES = new WeakMap<Filter, ModuleOptions>();

/** What a filter was compiled from; undefined when {@link compileFilter} has not made it. */
export function sourceOfFilter(filter: Filter): ModuleOptions | undefined {
  return SOURCES.get(filter);
}

/**
 * What a text means with the options that it came with. Texts with equal options get equal parts, the same objects where that is cheap.
 *
 * @throws FilterError, XqbusError for arguments that cannot be used; the text is not parsed yet
 */
export function moduleOptionsOf(text: string, options: FilterOptions): ModuleOptions {
  const { language = "xquery", namespaces, defaultElementNamespace } = options;
  refuseUnusableArguments(text, language);
  const isUsual = namespaces === undefined && defaultElementNamespace === undefined;
  return {
    query: text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text,
    language,
    namespaces: isUsual ? USUAL_NAMESPACES : namespacesOf(options),
    externalVariable: EXTERNAL_VARIABLES[language],
    checkExternal,
    baseUri: undefined,
  };
}

const USUAL_NAMESPACES: ReadonlyMap<string, string> = namespacesOf({});

const EXTERNAL_VARIABLES: Readonly<Record<FilterLanguage, ModuleOptions["externalVariable"]>> = {
  xquery: (name) => undeclaredVariable(name, "xquery"),
  xpath: (name) => undeclaredVariable(name, "xpath"),
};

function namespacesOf(options: FilterOptions): ReadonlyMap<string, string> {
  const namespaces = new Map(Object.entries(options.namespaces ?? DEFAULT_FILTER_NAMESPACES));
  if (options.defaultElementNamespace !== undefined) namespaces.set("", options.defaultElementNamespace);
  return namespaces;
}

function compile(
  source: ModuleOptions,
  failure: (error: unknown, phase: FilterPhase) => unknown,
): { readonly module: CompiledModule; readonly xquery: string } {
  const { query, language, namespaces } = source;
  try {
    refuseCharacters(query);
    const syntax = parseQuery(query, language);
    const undeclared = new Set<string>();
    const module = compileModule(syntax, {
      ...source,
      externalVariable: (name) => {
        const type = source.externalVariable(name);
        if (type !== undefined)
          undeclared.add(`$Q{${name.namespace}}${name.localName}${type.occurrence === "?" ? " as item()?" : ""}`);
        return type;
      },
    });
    const xquery = portableText(query, syntax, { language, namespaces, undeclared: [...undeclared] });
    return { module, xquery };
  } catch (error) {
    throw failure(error, "static");
  }
}

/** @throws QueryError XPST0003 for a character that no XML document can have */
export function refuseCharacters(query: string): void {
  const found = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(query);
  if (found === null) return;
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new QueryError("XPST0003", `a filter cannot contain the character U+${code}`, found.index);
}

function refuseUnusableArguments(text: string, language: string): void {
  if (typeof text !== "string") {
    throw new XqbusError("xqbus:illegal-argument", `a filter is a text, not ${text === null ? "null" : typeof text}`);
  }
  if (!LANGUAGES.includes(language)) {
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

/** A QueryError, or the end of the call stack, as users see it; any other error as it is. */
export function filterError(error: unknown, query: string, written: string, phase: FilterPhase): unknown {
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
