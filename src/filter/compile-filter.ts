import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import type { ExpandedName, XmlDocument } from "../xml/index.ts";
import { assertDocument } from "./assert-document.ts";
import { DEFAULT_BUDGET, type BudgetLimits } from "./evaluate/budget.ts";
import type { Context } from "./evaluate/environment.ts";
import { compileModule, type CompiledModule, type ModuleOptions } from "./evaluate/module.ts";
import { located } from "./evaluate/located.ts";
import { contextFor } from "./evaluate/run.ts";
import { explainDocument } from "./explain/explain-document.ts";
import { FilterError, type FilterPhase } from "./filter-error.ts";
import { toFilterItem, type FilterItem } from "./filter-item.ts";
import type { Filter, FilterLanguage } from "./filter.ts";
import { checkExternal, undeclaredVariable } from "./message/external-variables.ts";
import { MESSAGE_NAMESPACE, type FilterMessage } from "./message/filter-message.ts";
import { messageVariables } from "./message/message-variables.ts";
import { portableText } from "./portable-text.ts";
import { positionIn } from "./position-in.ts";
import { impliedSelector } from "./selector/implied-selector.ts";
import { parseQuery } from "./syntax/parse-query.ts";
import type { Sequence } from "./values/item.ts";
import { QueryError } from "./values/query-error.ts";
import type { SequenceType } from "./values/sequence-type.ts";

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
  /** The event types: says which values are sensitive, and which fields travel as application properties. */
  readonly catalog?: Pick<Catalog, "model">;
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
  const language = options.language ?? "xquery";
  refuseUnusableArguments(text, language);
  const limits = { ...DEFAULT_BUDGET, ...options.budget };
  const query = text.replace(/\r\n?/g, "\n");
  const failure = (error: unknown, phase: FilterPhase): unknown => filterError(error, query, text, phase);
  const { module, xquery } = compile(query, language, options, failure);
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
  const matches = (document: XmlDocument, message?: FilterMessage): boolean =>
    run(document, message, (context) => located(module.body.at, () => module.body.test(context)));
  let selector: { readonly text: string | undefined } | undefined;
  return Object.freeze<Filter>({
    text,
    language,
    get selector() {
      selector ??= { text: selectorOf(query, language, options) };
      return selector.text;
    },
    xquery,
    variables: Object.freeze(module.externals.map(String)),
    matches,
    explain: (document, message) => {
      assertDocument(document);
      const variables = messageVariables(message ?? {});
      return explainDocument(
        {
          query,
          language,
          model: options.catalog?.model,
          compile: (syntax, observe) => compileModule(syntax, { ...moduleOptions(query, language, options), observe }),
          contextFor: (watched) => contextFor(watched, { contextItem: document, limits, variables }),
          failure: (error) => failure(error, "dynamic"),
          matches: () => matches(document, message),
        },
        document,
      );
    },
    evaluate: (document, message) =>
      run(document, message, (context): readonly FilterItem[] => {
        const { budget } = context.environment;
        return Object.freeze(module.body.items(context).map((item) => toFilterItem(item, budget)));
      }),
  });
}

function compile(
  query: string,
  language: FilterLanguage,
  options: FilterOptions,
  failure: (error: unknown, phase: FilterPhase) => unknown,
): { readonly module: CompiledModule; readonly xquery: string } {
  try {
    refuseCharacters(query);
    const syntax = parseQuery(query, language);
    const undeclared = new Set<string>();
    const moduleParts = moduleOptions(query, language, options, (name, type) =>
      undeclared.add(`$Q{${name.namespace}}${name.localName}${type.occurrence === "?" ? " as item()?" : ""}`),
    );
    const module = compileModule(syntax, moduleParts);
    const { namespaces } = moduleParts;
    return { module, xquery: portableText(query, syntax, { language, namespaces, undeclared: [...undeclared] }) };
  } catch (error) {
    throw failure(error, "static");
  }
}

/** Read again, because most filters are never asked, and each would have to keep its syntax. */
function selectorOf(query: string, language: FilterLanguage, options: FilterOptions): string | undefined {
  const model = options.catalog?.model;
  if (model === undefined) return undefined;
  return impliedSelector(parseQuery(query, language), moduleOptions(query, language, options).namespaces, model);
}

/** @param onUndeclared is told of external variables that the query does not declare */
function moduleOptions(
  query: string,
  language: FilterLanguage,
  options: FilterOptions,
  onUndeclared: (name: ExpandedName, type: SequenceType) => void = () => undefined,
): ModuleOptions {
  const namespaces = new Map(Object.entries(options.namespaces ?? DEFAULT_FILTER_NAMESPACES));
  if (options.defaultElementNamespace !== undefined) namespaces.set("", options.defaultElementNamespace);
  return {
    query,
    language,
    namespaces,
    externalVariable: (name) => {
      const type = undeclaredVariable(name, language);
      if (type !== undefined) onUndeclared(name, type);
      return type;
    },
    checkExternal,
    baseUri: undefined,
  };
}

/** @throws QueryError XPST0003 for a character that no XML document can have */
function refuseCharacters(query: string): void {
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
