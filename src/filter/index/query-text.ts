import type { QueryLanguage } from "../syntax/ast.ts";
import { resolveReferences } from "../syntax/references.ts";
import { QueryError } from "../values/query-error.ts";

/** A literal of a query, and where it is. */
export interface TextLiteral {
  readonly at: number;
  readonly end: number;
  readonly value: string;
}

/** A query without its literals: queries that differ in literals only have the same skeleton. */
export interface QueryText {
  readonly skeleton: string;
  readonly literals: readonly TextLiteral[];
}

/** Stands for a literal in a skeleton, by its type; no query has these characters. */
const STRING_MARK = "\u0001";
const NUMBER_MARKS = ["\u0002", "\u0003", "\u0004"] as const;

/** What has rules of its own for quotes: direct constructors, string constructors, pragmas, names with a quote in their namespace. */
const SPECIAL = /<[!?/\p{L}_]|``\[|\(#|Q\{[^}]*(?:["']|\(:)|[\r\u0000-\u0008]/u;

/** Comments, strings, names (whose digits are no numbers), numbers. */
const TOKENS =
  /\(:|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|[\p{L}_$][\p{L}\p{N}_.\-\u00b7]*|((?:[0-9]+(\.[0-9]*)?|(\.)[0-9]+)([eE][+-]?[0-9]+)?)/gu;

/** Digits of a number beyond which it is for the compiler to judge. */
const MAX_DIGITS = 200;

/**
 * Takes the literals out of a query, and its comments. It need not be a valid one: what the skeleton means is found out by the parser, once
 * for all queries that share it.
 *
 * @returns undefined where that would need the whole grammar
 */
export function readQueryText(query: string, language: QueryLanguage): QueryText | undefined {
  if (language === "xpath1") return undefined;
  if (SPECIAL.test(query)) return undefined;
  const literals: TextLiteral[] = [];
  let skeleton = "";
  let from = 0;
  TOKENS.lastIndex = 0;
  for (let token = TOKENS.exec(query); token !== null; token = TOKENS.exec(query)) {
    const [whole, double, single, number, fraction, point, exponent] = token;
    const at = token.index;
    let end = at + whole.length;
    const written = double ?? single;
    let mark = " ";
    if (written !== undefined) {
      const value = stringValueOf(written, whole[0]!, language);
      if (value === undefined) return undefined;
      // What an empty string is compared with is another question.
      if (value === "") continue;
      mark = STRING_MARK;
      literals.push({ at, end, value });
    } else if (number !== undefined) {
      if (number.length > MAX_DIGITS) return undefined;
      mark = NUMBER_MARKS[exponent !== undefined ? 2 : fraction !== undefined || point !== undefined ? 1 : 0];
      literals.push({ at, end, value: number });
    } else if (whole === "(:") {
      end = endOfComment(query, at);
      if (end < 0) return undefined;
      TOKENS.lastIndex = end;
    } else {
      continue;
    }
    skeleton += query.slice(from, at) + mark;
    from = end;
  }
  return { skeleton: skeleton + query.slice(from), literals };
}

/** The value of a string literal; undefined when it is wrong. */
function stringValueOf(written: string, quote: string, language: "xquery" | "xpath"): string | undefined {
  const value = written.includes(quote) ? written.replaceAll(quote + quote, quote) : written;
  if (language === "xpath" || !value.includes("&")) return value;
  try {
    return resolveReferences(value, 0);
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

/** Where a comment ends; comments may contain comments. Negative when it does not end. */
function endOfComment(query: string, start: number): number {
  const ends = /\(:|:\)/g;
  ends.lastIndex = start;
  let depth = 0;
  for (let found = ends.exec(query); found !== null; found = ends.exec(query)) {
    depth += found[0] === "(:" ? 1 : -1;
    if (depth === 0) return ends.lastIndex;
  }
  return -1;
}
