/** A literal of a query, and where it begins. */
export interface TextLiteral {
  readonly at: number;
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

/** What has rules of its own for quotes: direct constructors, string constructors, pragmas; and references in strings. */
const SPECIAL = /<[!?/\p{L}_]|``\[|\(#|[&\r\u0000-\u0008]/u;

/** Comments, strings, names (whose digits are no numbers), numbers. */
const TOKENS =
  /\(:|"([^"]*)"|'([^']*)'|[\p{L}_$][\p{L}\p{N}_.\-\u00b7]*|((?:[0-9]+(\.[0-9]*)?|(\.)[0-9]+)([eE][+-]?[0-9]+)?)/gu;

/** Strings that mean something to the compiler of functions (URIs of collations), and the empty one, stay as they are. */
const KEPT_STRING = /^(?:$|http:|collation\/)/;

/** Digits of a number beyond which it is for the compiler to judge. */
const MAX_DIGITS = 200;

/**
 * Takes the literals out of a query. It need not be a valid one: what the skeleton means is found out by the parser, once for all queries
 * that share it.
 *
 * @returns undefined where that would need the whole grammar
 */
export function readQueryText(query: string): QueryText | undefined {
  if (SPECIAL.test(query)) return undefined;
  const literals: TextLiteral[] = [];
  let skeleton = "";
  let from = 0;
  TOKENS.lastIndex = 0;
  for (let token = TOKENS.exec(query); token !== null; token = TOKENS.exec(query)) {
    const [whole, double, single, number, fraction, point, exponent] = token;
    const at = token.index;
    const text = double ?? single;
    if (text !== undefined) {
      // A doubled quote is a quote in the string.
      if (query[at + whole.length] === whole[0]) return undefined;
      if (KEPT_STRING.test(text)) continue;
      skeleton += query.slice(from, at) + STRING_MARK;
      literals.push({ at, value: text });
    } else if (number !== undefined) {
      if (number.length > MAX_DIGITS) return undefined;
      const type = exponent !== undefined ? 2 : fraction !== undefined || point !== undefined ? 1 : 0;
      skeleton += query.slice(from, at) + NUMBER_MARKS[type];
      literals.push({ at, value: number });
    } else if (whole === "(:") {
      // Comments may contain comments and unbalanced quotes.
      return undefined;
    } else {
      continue;
    }
    from = at + whole.length;
  }
  return { skeleton: skeleton + query.slice(from), literals };
}
