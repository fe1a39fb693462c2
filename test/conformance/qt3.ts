import { DEFAULT_BUDGET } from "../../src/filter/evaluate/budget.ts";
import { compileModule, type CompiledModule } from "../../src/filter/evaluate/module.ts";
import { contextFor } from "../../src/filter/evaluate/run.ts";
import { parseQuery } from "../../src/filter/syntax/parse-query.ts";
import { FunctionItem } from "../../src/filter/values/function-item.ts";
import { isAtomic, typeOf, type Item, type Sequence } from "../../src/filter/values/item.ts";
import { textOf } from "../../src/filter/values/cast.ts";
import { QueryError, UnsupportedError } from "../../src/filter/values/query-error.ts";
import { ANYTHING } from "../../src/filter/values/sequence-type.ts";
import { XmlDocument, XmlElement, parseXml, serializeXml, stringValue, type XmlNode } from "../../src/xml/index.ts";

/** A case of the QT3 suite in the format of `../shared/conformance/README.md`. */
export interface Qt3Case {
  readonly set: string;
  readonly name: string;
  readonly group: string;
  readonly language: "XQuery" | "XPath";
  readonly query: string;
  readonly context: string | null;
  readonly contextItem?: string;
  readonly namespaces?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, Qt3Variable>>;
  readonly documents?: Readonly<Record<string, string>>;
  readonly staticBaseUri?: string;
  readonly decimalFormats?: unknown;
  readonly assertion: Assertion;
}

interface Qt3Variable {
  readonly doc?: string;
  readonly select?: string;
  readonly as?: string;
  readonly declared?: boolean;
}

export type Assertion =
  | { readonly type: "all-of" | "any-of" | "not"; readonly of: readonly Assertion[] }
  | { readonly type: "error"; readonly codes: readonly string[] }
  | { readonly type: "assert-true" | "assert-false" | "assert-empty" }
  | { readonly type: "assert-string-value"; readonly value: string; readonly normalizeSpace?: boolean }
  | { readonly type: "assert-xml"; readonly value: string; readonly ignorePrefixes?: boolean }
  | { readonly type: "serialization-matches"; readonly value: string; readonly flags?: string }
  | { readonly type: "assert-serialization-error"; readonly codes: readonly string[] }
  | {
      readonly type: "assert-eq" | "assert-deep-eq" | "assert-permutation" | "assert-count" | "assert-type" | "assert";
      readonly value: string;
    };

/** A context document; its text. */
export interface Qt3Context {
  readonly id: string;
  readonly doctype: "none" | "internal" | "external";
  readonly xml?: string;
  readonly xmlBase64?: string;
}

export type Qt3Verdict = "pass" | "refused" | "wrong" | "wrong code" | "not checked";

/** What came of a case. */
export interface Qt3Result {
  readonly verdict: Qt3Verdict;
  /** The raw result or the error's code and message. */
  readonly detail: string;
  readonly phase: "static" | "dynamic";
  /** The error's code. */
  readonly code?: string;
  /** The raw result, as far as it is not long. */
  readonly items?: readonly RawItem[];
}

/** An item of a raw result: a type (`xs:integer`, `node()`, `function(*)`), and its text or XML. */
export interface RawItem {
  readonly type: string;
  readonly value: string;
}

type Outcome =
  | { readonly items: Sequence; readonly phase: "dynamic" }
  | { readonly error: QueryError; readonly phase: "static" | "dynamic" };

const MAX_RAW_ITEMS = 1000;
const MAX_RAW_TEXT = 20_000;

/** Runs cases; context documents are parsed once. */
export class Qt3Runner {
  readonly #contexts: ReadonlyMap<string, Qt3Context>;
  readonly #documents = new Map<string, XmlDocument>();

  constructor(contexts: Iterable<Qt3Context>) {
    this.#contexts = new Map([...contexts].map((each) => [each.id, each]));
  }

  /** Never throws: what does not end in a result or an error of XQuery is wrong. */
  run(test: Qt3Case): Qt3Result {
    try {
      return this.#verdictOn(test, this.#evaluate(test));
    } catch (error) {
      return { verdict: "wrong", detail: `crash: ${String((error as Error).stack ?? error)}`, phase: "dynamic" };
    }
  }

  #verdictOn(test: Qt3Case, outcome: Outcome): Qt3Result {
    if ("error" in outcome) {
      const { error, phase } = outcome;
      const detail = `${error.code}: ${error.reason}`;
      if (error instanceof UnsupportedError)
        return { verdict: phase === "static" ? "refused" : "wrong", detail, phase, code: error.code };
      const codes = errorCodes(test.assertion);
      const isExpected = codes.includes("*") || codes.includes(error.code);
      const verdict = isExpected ? "pass" : codes.length > 0 ? "wrong code" : "wrong";
      return { verdict, detail, phase, code: error.code };
    }
    const { items, phase } = outcome;
    const raw = items.slice(0, MAX_RAW_ITEMS).map(rawItem);
    const detail = raw
      .slice(0, 20)
      .map(({ type, value }) => `${type} ${value.slice(0, 200)}`)
      .join(", ");
    try {
      const judged = this.#judge(test.assertion, items, test);
      return { verdict: judged === undefined ? "not checked" : judged ? "pass" : "wrong", detail, phase, items: raw };
    } catch (error) {
      if (error instanceof UnsupportedError) return { verdict: "not checked", detail: error.reason, phase, items: raw };
      const reason = `${detail} — assertion failed: ${(error as Error).message}`;
      return { verdict: "wrong", detail: reason, phase, items: raw };
    }
  }

  #evaluate(test: Qt3Case): Outcome {
    let module: CompiledModule;
    const values = new Map<string, Sequence>();
    let contextItem: Item | undefined;
    try {
      module = compile(test.query, test);
    } catch (error) {
      if (error instanceof QueryError) return { error, phase: "static" };
      throw error;
    }
    try {
      if (test.context !== null) contextItem = this.#document(test.context);
      for (const [name, { doc, select }] of Object.entries(test.variables ?? {})) {
        values.set(
          clarkName(name, test),
          doc === undefined ? this.#select(select ?? "()", test) : [this.#document(doc)],
        );
      }
      if (test.contextItem !== undefined) [contextItem] = this.#select(test.contextItem, test);
    } catch (error) {
      // The documents of a case may be what our parser refuses on purpose.
      if (error instanceof QueryError) return { error, phase: "static" };
      throw error;
    }
    try {
      const context = contextFor(module, { contextItem, variables: values, limits: DEFAULT_BUDGET });
      return { items: module.body.items(context), phase: "dynamic" };
    } catch (error) {
      if (error instanceof QueryError) return { error, phase: "dynamic" };
      throw error;
    }
  }

  #document(id: string): XmlDocument {
    const known = this.#documents.get(id);
    if (known !== undefined) return known;
    const context = this.#contexts.get(id);
    if (context === undefined)
      throw new UnsupportedError(`the context document "${id}"`, "the folder does not have it");
    if (context.doctype !== "none") throw new UnsupportedError("a document with a DOCTYPE", "leave it out");
    const document = parseXml(context.xml ?? Buffer.from(context.xmlBase64 ?? "", "base64"));
    this.#documents.set(id, document);
    return document;
  }

  #select(expression: string, test: Qt3Case): Sequence {
    const module = compile(expression, { ...test, language: "XPath" });
    return module.body.items(contextFor(module));
  }

  /** Undefined when it cannot be checked. */
  #judge(assertion: Assertion, items: Sequence, test: Qt3Case): boolean | undefined {
    switch (assertion.type) {
      case "all-of": {
        const all = assertion.of.map((each) => this.#judge(each, items, test));
        return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
      }
      case "any-of": {
        const any = assertion.of.map((each) => this.#judge(each, items, test));
        return any.includes(true) ? true : any.includes(undefined) ? undefined : false;
      }
      case "not": {
        const judged = this.#judge(assertion.of[0]!, items, test);
        return judged === undefined ? undefined : !judged;
      }
      case "error":
        return false;
      case "assert-true":
        return items.length === 1 && items[0] === true;
      case "assert-false":
        return items.length === 1 && items[0] === false;
      case "assert-empty":
        return items.length === 0;
      case "assert-count":
        return items.length === Number(assertion.value);
      case "assert-string-value": {
        const text = items.map(textOfItem).join(" ");
        return assertion.normalizeSpace === true
          ? normalizeSpace(text) === normalizeSpace(assertion.value)
          : text === assertion.value;
      }
      case "assert-eq":
        return this.#holds(`$result eq (${assertion.value})`, items, test);
      case "assert-deep-eq":
        return this.#holds(`fn:deep-equal($result, (${assertion.value}))`, items, test);
      case "assert-permutation":
        return this.#isPermutation(items, assertion.value, test);
      case "assert-type":
        return this.#holds(`$result instance of ${assertion.value}`, items, test);
      case "assert":
        return this.#holds(assertion.value, items, test);
      case "assert-xml":
        return sameXml(items, assertion.value);
      case "serialization-matches":
      case "assert-serialization-error":
        return undefined;
    }
  }

  #holds(expression: string, items: Sequence, test: Qt3Case): boolean {
    const module = compile(expression, { ...test, language: "XPath" }, true);
    const variables = new Map<string, Sequence>([["result", items]]);
    return module.body.test(contextFor(module, { variables, contextItem: items[0] }));
  }

  #isPermutation(items: Sequence, expression: string, test: Qt3Case): boolean {
    const module = compile(`(${expression})`, { ...test, language: "XPath" });
    const rest = [...module.body.items(contextFor(module))];
    if (rest.length !== items.length) return false;
    return items.every((item) => {
      const at = rest.findIndex((other) => this.#equal(item, other, test));
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    });
  }

  #equal(a: Item, b: Item, test: Qt3Case): boolean {
    const module = compile("fn:deep-equal($a, $b)", { ...test, language: "XPath" }, true);
    return module.body.test(
      contextFor(module, {
        variables: new Map<string, Sequence>([
          ["a", [a]],
          ["b", [b]],
        ]),
      }),
    );
  }
}

function compile(
  text: string,
  test: Pick<Qt3Case, "query" | "language" | "namespaces" | "variables" | "staticBaseUri">,
  isAssertion: boolean = false,
): CompiledModule {
  const query = text.replaceAll(/\r\n?/g, "\n");
  const language = test.language === "XQuery" ? "xquery" : "xpath";
  const variables = test.variables ?? {};
  return compileModule(parseQuery(query, language), {
    query,
    language,
    namespaces: new Map(Object.entries(test.namespaces ?? {})),
    externalVariable: (name) =>
      (isAssertion && name.namespace === "") ||
      Object.keys(variables).some((each) => clarkName(each, test) === String(name))
        ? ANYTHING
        : undefined,
    requiresExternals: true,
    baseUri: test.staticBaseUri,
  });
}

/** The name of a variable as the case writes it, expanded: its prefix may be declared in the query. */
function clarkName(
  name: string,
  { query = "", namespaces = {} }: Partial<Pick<Qt3Case, "query" | "namespaces">>,
): string {
  const [, prefix, localName] = /^([^:{]+):([^:]+)$/.exec(name) ?? [];
  if (localName === undefined) return name.replace(/^Q(?=\{)/, "");
  const declared = new RegExp(`declare\\s+namespace\\s+${prefix}\\s*=\\s*["']([^"']*)["']`).exec(query)?.[1];
  return `{${declared ?? namespaces[prefix!] ?? ""}}${localName}`;
}

function errorCodes(assertion: Assertion): readonly string[] {
  if (assertion.type === "error") return assertion.codes;
  return assertion.type === "all-of" || assertion.type === "any-of" ? assertion.of.flatMap(errorCodes) : [];
}

function isNodeItem(item: Item): item is XmlNode {
  return !isAtomic(item) && !(item instanceof FunctionItem);
}

function textOfItem(item: Item): string {
  if (isAtomic(item)) return textOf(item);
  if (isNodeItem(item)) return stringValue(item);
  throw new Error("a function has no string value");
}

function rawItem(item: Item): RawItem {
  if (isAtomic(item)) return { type: String(typeOf(item)), value: textOf(item).slice(0, MAX_RAW_TEXT) };
  return isNodeItem(item)
    ? { type: "node()", value: xmlOf(item).slice(0, MAX_RAW_TEXT) }
    : { type: "function(*)", value: "" };
}

function xmlOf(node: XmlNode): string {
  if (node instanceof XmlElement || node instanceof XmlDocument) return serializeXml(node);
  return stringValue(node);
}

/** The items one after the other as XML, as the serialization parameter `xml` writes them. */
function serialized(items: Sequence): string {
  let text = "";
  let wasAtomic = false;
  for (const item of items) {
    if (isAtomic(item)) {
      text += `${wasAtomic ? " " : ""}${escape(textOf(item))}`;
      wasAtomic = true;
    } else {
      wasAtomic = false;
      if (!isNodeItem(item)) throw new Error("a function cannot be serialized");
      if (item.nodeType === 3) text += escape(item.data);
      else if (item.nodeType === 8) text += `<!--${item.data}-->`;
      else if (item.nodeType === 7) text += `<?${item.target} ${item.data}?>`;
      else if (item.nodeType === 2) throw new Error("an attribute cannot be serialized");
      else if (item instanceof XmlDocument) text += serialized(item.children);
      else text += serializeXml(item);
    }
  }
  return text;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function sameXml(items: Sequence, expected: string): boolean {
  const wrap = (text: string): string =>
    canonical(parseXml(`<r>${text.replace(/^\s*<\?xml[^?]*\?>/, "")}</r>`).documentElement);
  return wrap(serialized(items)) === wrap(expected);
}

/** Names expanded, attributes sorted, texts as they are. */
function canonical(element: XmlElement): string {
  const attributes = element.attributes
    .map(({ name, value }) => ` ${String(name)}=${JSON.stringify(value)}`)
    .sort()
    .join("");
  const children = element.children.map((child) => {
    if (child instanceof XmlElement) return canonical(child);
    if (child.nodeType === 3) return JSON.stringify(child.data);
    return child.nodeType === 8 ? `<!--${child.data}-->` : `<?${child.target} ${child.data}?>`;
  });
  return `<${String(element.name)}${attributes}>${children.join("")}</>`;
}

function normalizeSpace(text: string): string {
  return text.trim().replaceAll(/[ \t\n\r]+/g, " ");
}
