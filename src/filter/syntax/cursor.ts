import { QueryError } from "../values/query-error.ts";
import type { Expression, QNameSyntax } from "./ast.ts";
import { resolveReferences } from "./references.ts";

/** What the parts of the grammar call of one another. */
export interface Grammar {
  /** `Expr`: one expression, or several with commas between them. */
  readonly expression: (cursor: Cursor) => Expression;
  /** `ExprSingle`. */
  readonly single: (cursor: Cursor) => Expression;
}

/** Where the parts of a query stand in its text: offsets in UTF-16 code units; white space and comments may follow before `end`. */
export type Spans = Map<Expression, { readonly start: number; readonly end: number }>;

/** Expressions inside one another; deeper texts are refused, because compiling and evaluating them needs the call stack. */
const MAX_DEPTH = 300;

/**
 * A place in the text of a query, and the words of its lexical grammar (XQuery 3.1, appendix A.2). There is no separate list of tokens:
 * what a word is depends on where it stands. Every method that reads skips white space and comments first, unless it says otherwise.
 */
export class Cursor {
  readonly text: string;
  readonly language: "xquery" | "xpath";
  readonly grammar: Grammar;
  position = 0;
  #depth = 0;
  #lastNameAt = -1;
  #lastName = "";
  readonly #spans: Spans | undefined;

  /** @param spans gets the places of expressions; without it they are not kept */
  constructor(text: string, language: "xquery" | "xpath", grammar: Grammar, spans?: Spans) {
    this.text = text;
    this.language = language;
    this.grammar = grammar;
    this.#spans = spans;
  }

  /** The grammar's expression, with a check of the depth. */
  expression(): Expression {
    return this.nested(() => this.placed(this.grammar.expression));
  }

  single(): Expression {
    return this.nested(() => this.placed(this.grammar.single));
  }

  /** Parses a part, and keeps its place. Parentheses around it do not belong to it. */
  placed(parse: (cursor: Cursor) => Expression): Expression {
    if (this.#spans === undefined) return parse(this);
    const start = this.start();
    const expression = parse(this);
    this.place(expression, start);
    return expression;
  }

  /** Keeps the place of what was just parsed, unless it has one. */
  place(expression: Expression, start: number): void {
    const spans = this.#spans;
    if (spans === undefined || spans.has(expression)) return;
    spans.set(expression, { start, end: this.position });
  }

  nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new QueryError("xqbus:limit-exceeded", `expressions are nested more than ${MAX_DEPTH} deep`, this.position);
    }
    const result = parse();
    this.#depth--;
    return result;
  }

  /** Skips white space and comments, which may contain comments. */
  skip(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code === 32 || code === 10 || code === 9 || code === 13) this.position++;
      else if (code === 40 && this.text.charCodeAt(this.position + 1) === 58) this.#skipComment();
      else return;
    }
  }

  /** Where the next word begins. */
  start(): number {
    this.skip();
    return this.position;
  }

  get atEnd(): boolean {
    this.skip();
    return this.position >= this.text.length;
  }

  /** Whether the symbol comes next. */
  sees(symbol: string): boolean {
    this.skip();
    return this.text.startsWith(symbol, this.position);
  }

  /** Takes the symbol if it comes next. */
  take(symbol: string): boolean {
    if (!this.sees(symbol)) return false;
    this.position += symbol.length;
    return true;
  }

  /** @throws QueryError XPST0003 when the symbol does not come next */
  expect(symbol: string, why: string = ""): void {
    if (!this.take(symbol)) throw this.unexpected(`"${symbol}"${why === "" ? "" : ` ${why}`}`);
  }

  /** The NCName that comes next, without taking it; the empty string when there is none. */
  peekName(): string {
    this.skip();
    return this.#nameAt(this.position);
  }

  /** Whether these words come next, each an NCName of its own. */
  seesWords(...words: readonly string[]): boolean {
    const before = this.position;
    const found = this.takeWords(...words);
    this.position = before;
    return found;
  }

  /** Takes the words if they come next. */
  takeWords(...words: readonly string[]): boolean {
    const before = this.position;
    for (const word of words) {
      if (this.peekName() !== word) {
        this.position = before;
        return false;
      }
      this.position += word.length;
    }
    return true;
  }

  expectWord(word: string, why: string = ""): void {
    if (!this.takeWords(word)) throw this.unexpected(`"${word}"${why === "" ? "" : ` ${why}`}`);
  }

  /** Whether the words and then one of the symbols come next: tells a keyword from a name. */
  seesWordsThen(words: readonly string[], ...symbols: readonly string[]): boolean {
    const before = this.position;
    const found = this.takeWords(...words) && symbols.some((symbol) => this.sees(symbol));
    this.position = before;
    return found;
  }

  /** An NCName. */
  ncName(what: string): string {
    const name = this.peekName();
    if (name === "") throw this.unexpected(what);
    this.position += name.length;
    return name;
  }

  /** `EQName`; undefined, and nothing taken, when no name comes next. */
  tryQName(): QNameSyntax | undefined {
    const at = this.start();
    const uri = this.tryBracedUri();
    if (uri !== undefined) {
      const localName = this.#nameAt(this.position);
      if (localName === "") throw this.unexpected("a local name directly behind Q{…}");
      this.position += localName.length;
      return { at, prefix: "", localName, uri };
    }
    const first = this.#nameAt(at);
    if (first === "") return undefined;
    this.position = at + first.length;
    if (this.text[this.position] !== ":") return { at, prefix: "", localName: first };
    const second = this.#nameAt(this.position + 1);
    if (second === "") return { at, prefix: "", localName: first };
    this.position += 1 + second.length;
    return { at, prefix: first, localName: second };
  }

  qName(what: string): QNameSyntax {
    const name = this.tryQName();
    if (name === undefined) throw this.unexpected(what);
    return name;
  }

  /** `$name`. */
  variableName(): QNameSyntax {
    this.expect("$", "and the name of a variable");
    return this.qName("the name of a variable");
  }

  /** `Q{uri}`; undefined when it does not come next. Nothing is skipped. */
  tryBracedUri(): string | undefined {
    if (!this.text.startsWith("Q{", this.position)) return undefined;
    const end = this.text.indexOf("}", this.position);
    const written = this.text.slice(this.position + 2, end < 0 ? undefined : end);
    if (end < 0 || written.includes("{")) throw this.unexpected('a namespace in braces and its "}"');
    this.position = end + 1;
    const text = this.language === "xquery" ? resolveReferences(written, this.position) : written;
    return text.trim().replaceAll(/[ \t\n\r]+/g, " ");
  }

  /** A string literal; undefined when none comes next. In XQuery its references are resolved. */
  tryString(): string | undefined {
    const at = this.start();
    const quote = this.text[at];
    if (quote !== '"' && quote !== "'") return undefined;
    let value = "";
    for (let from = at + 1; ;) {
      const end = this.text.indexOf(quote, from);
      if (end < 0) throw new QueryError("XPST0003", `the string that begins with ${quote} is not closed`, at);
      value += this.text.slice(from, end);
      this.position = end + 1;
      if (this.text[end + 1] !== quote) break;
      value += quote;
      from = end + 2;
    }
    return this.language === "xquery" ? resolveReferences(value, at) : value;
  }

  string(what: string): string {
    const value = this.tryString();
    if (value === undefined) throw this.unexpected(what);
    return value;
  }

  /** The error for whatever stands here. */
  unexpected(expected: string): QueryError {
    this.skip();
    const isXQuery =
      this.language === "xpath" &&
      (XQUERY_WORDS.has(this.#nameAt(this.position)) ||
        DIRECT_CONSTRUCTOR.test(this.text.slice(this.position, this.position + 2)));
    const hint = isXQuery ? "; this is XQuery, and the filter's language is XPath" : "";
    return new QueryError("XPST0003", `found ${this.found()}; expected ${expected}${hint}`, this.position);
  }

  /** What stands here, for messages. */
  found(): string {
    if (this.position >= this.text.length) return "the end of the filter";
    const name = this.#nameAt(this.position);
    const number = /^[0-9.]+/.exec(this.text.slice(this.position, this.position + 20))?.[0];
    const character = String.fromCodePoint(this.text.codePointAt(this.position)!);
    return JSON.stringify(name === "" ? (number ?? character) : name);
  }

  /** The grammar asks about the same word many times. */
  #nameAt(at: number): string {
    if (at === this.#lastNameAt) return this.#lastName;
    NAME.lastIndex = at;
    this.#lastNameAt = at;
    this.#lastName = NAME.exec(this.text)?.[0] ?? "";
    return this.#lastName;
  }

  #skipComment(): void {
    const at = this.position;
    let depth = 0;
    do {
      COMMENT_EDGE.lastIndex = this.position;
      const edge = COMMENT_EDGE.exec(this.text);
      if (edge === null) throw new QueryError("XPST0003", 'the comment that begins with "(:" is not closed', at);
      depth += edge[0] === "(:" ? 1 : -1;
      this.position = edge.index + 2;
    } while (depth > 0);
  }
}

/** Words that XPath does not have where they are found. */
/** How an element, a comment or a processing instruction begins. */
const DIRECT_CONSTRUCTOR = /^<[A-Za-z!?]/;

const XQUERY_WORDS: ReadonlySet<string> = new Set([
  ...["namespace", "default", "variable", "function", "option", "where", "order", "group", "count", "at", "allowing"],
  ...["catch", "case", "tumbling", "sliding"],
]);

/** NCName (Namespaces in XML 1.0, production [4]; XML 1.0, productions [4] and [4a]). */
const NAME_START =
  "A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F" +
  "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";
const NAME = new RegExp(`[${NAME_START}][${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`, "uy");
const COMMENT_EDGE = /\(:|:\)/g;
