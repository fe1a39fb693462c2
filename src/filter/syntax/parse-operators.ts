import { QueryError } from "../values/query-error.ts";
import type { BinaryOperator, Expression } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parsePath } from "./parse-path.ts";
import { parseArguments } from "./parse-primary.ts";
import { parsePragmas } from "./parse-pragmas.ts";
import { parseSequenceType } from "./parse-types.ts";

/**
 * Operators from the weakest to the strongest (XQuery 3.1, appendix A.4), down to the path expressions.
 * Each level parses the next one, so a chain of equal operators is a loop here and not a recursion.
 */
export function parseOr(cursor: Cursor): Expression {
  return parseLogical(cursor, "or", parseAnd);
}

function parseAnd(cursor: Cursor): Expression {
  return parseLogical(cursor, "and", parseComparison);
}

function parseLogical(cursor: Cursor, operator: "or" | "and", next: (cursor: Cursor) => Expression): Expression {
  const first = cursor.placed(next);
  const at = cursor.start();
  if (!cursor.takeWords(operator)) return first;
  const operands = [first];
  do operands.push(cursor.placed(next));
  while (cursor.takeWords(operator));
  return { at, kind: "logical", operator, operands };
}

/** Comparisons do not chain. */
function parseComparison(cursor: Cursor): Expression {
  const left = cursor.placed(parseConcatenation);
  const at = cursor.start();
  const operator = takeOperator(cursor, COMPARISON_SYMBOLS, COMPARISON_WORDS);
  if (operator === undefined) return left;
  const right = cursor.placed(parseConcatenation);
  const next = cursor.start();
  if (takeOperator(cursor, COMPARISON_SYMBOLS, COMPARISON_WORDS) !== undefined) {
    throw new QueryError("XPST0003", "comparisons cannot be chained; join two of them with and", next);
  }
  return { at, kind: "binary", operator, left, right };
}

function parseConcatenation(cursor: Cursor): Expression {
  return parseChain(cursor, ["||"], [], parseRange);
}

function parseRange(cursor: Cursor): Expression {
  const left = parseAdditive(cursor);
  const at = cursor.start();
  if (!cursor.takeWords("to")) return left;
  return { at, kind: "binary", operator: "to", left, right: parseAdditive(cursor) };
}

function parseAdditive(cursor: Cursor): Expression {
  return parseChain(cursor, ["+", "-"], [], parseMultiplicative);
}

function parseMultiplicative(cursor: Cursor): Expression {
  return parseChain(cursor, ["*"], ["div", "idiv", "mod"], parseUnion);
}

function parseUnion(cursor: Cursor): Expression {
  let left = parseIntersect(cursor);
  for (let length = 1; ; length++) {
    const at = cursor.start();
    if (!(cursor.sees("|") && !cursor.sees("||") && cursor.take("|")) && !cursor.takeWords("union")) return left;
    assertChain(length, at);
    left = { at, kind: "binary", operator: "union", left, right: parseIntersect(cursor) };
  }
}

function parseIntersect(cursor: Cursor): Expression {
  return parseChain(cursor, [], ["intersect", "except"], parseInstanceOf);
}

function parseInstanceOf(cursor: Cursor): Expression {
  const operand = parseTreatAs(cursor);
  const at = cursor.start();
  if (!cursor.takeWords("instance", "of")) return operand;
  return { at, kind: "instanceOf", operand, type: parseSequenceType(cursor) };
}

function parseTreatAs(cursor: Cursor): Expression {
  const operand = parseCastableAs(cursor);
  const at = cursor.start();
  if (!cursor.takeWords("treat", "as")) return operand;
  return { at, kind: "treatAs", operand, type: parseSequenceType(cursor) };
}

function parseCastableAs(cursor: Cursor): Expression {
  const operand = parseCastAs(cursor);
  const at = cursor.start();
  if (!cursor.takeWords("castable", "as")) return operand;
  const type = cursor.qName("an atomic type");
  return { at, kind: "castableAs", operand, type, isOptional: cursor.take("?") };
}

function parseCastAs(cursor: Cursor): Expression {
  const operand = parseArrow(cursor);
  const at = cursor.start();
  if (!cursor.takeWords("cast", "as")) return operand;
  const type = cursor.qName("an atomic type");
  return { at, kind: "castAs", operand, type, isOptional: cursor.take("?") };
}

/** `x => f(y)` is `f(x, y)` (section 3.16). */
function parseArrow(cursor: Cursor): Expression {
  let operand = parseUnary(cursor);
  for (let length = 1; ; length++) {
    const at = cursor.start();
    if (!cursor.take("=>")) return operand;
    assertChain(length, at);
    const start = cursor.start();
    if (cursor.sees("$")) {
      const callee: Expression = { at: start, kind: "variable", name: cursor.variableName() };
      operand = { at, kind: "dynamicCall", function: callee, arguments: [operand, ...parseArguments(cursor)] };
    } else if (cursor.take("(")) {
      const callee = cursor.expression();
      cursor.expect(")");
      operand = { at, kind: "dynamicCall", function: callee, arguments: [operand, ...parseArguments(cursor)] };
    } else {
      const name = cursor.qName('a function behind "=>"');
      operand = { at: start, kind: "functionCall", name, arguments: [operand, ...parseArguments(cursor)] };
    }
  }
}

function parseUnary(cursor: Cursor): Expression {
  const signs: { at: number; operator: "+" | "-" }[] = [];
  for (;;) {
    const at = cursor.start();
    if (cursor.take("-")) signs.push({ at, operator: "-" });
    else if (cursor.take("+")) signs.push({ at, operator: "+" });
    else break;
    assertChain(signs.length, at);
  }
  const operand = parseValue(cursor);
  return signs.reduceRight<Expression>((inner, sign) => ({ ...sign, kind: "unary", operand: inner }), operand);
}

/** `ValueExpr`: validate, an extension, or a simple map. */
function parseValue(cursor: Cursor): Expression {
  const at = cursor.start();
  if (cursor.language === "xquery") {
    if (cursor.sees("(#")) return parsePragmas(cursor);
    if (seesValidate(cursor)) {
      cursor.takeWords("validate");
      if (cursor.takeWords("type")) cursor.qName("a type");
      else if (!cursor.takeWords("lax")) cursor.takeWords("strict");
      cursor.expect("{");
      const body = cursor.expression();
      cursor.expect("}");
      return { at, kind: "validate", body };
    }
  }
  let left = cursor.placed(parsePath);
  for (let length = 1; ; length++) {
    const place = cursor.start();
    if (cursor.sees("!=") || !cursor.take("!")) return left;
    assertChain(length, place);
    left = { at: place, kind: "simpleMap", left, right: cursor.placed(parsePath) };
  }
}

function seesValidate(cursor: Cursor): boolean {
  return (
    cursor.seesWordsThen(["validate"], "{") ||
    cursor.seesWordsThen(["validate", "lax"], "{") ||
    cursor.seesWordsThen(["validate", "strict"], "{") ||
    cursor.seesWords("validate", "type")
  );
}

/** Operators that group to the left. */
function parseChain(
  cursor: Cursor,
  symbols: readonly BinaryOperator[],
  words: readonly BinaryOperator[],
  next: (cursor: Cursor) => Expression,
): Expression {
  let left = next(cursor);
  for (let length = 1; ; length++) {
    const at = cursor.start();
    const operator = takeOperator(cursor, symbols, words);
    if (operator === undefined) return left;
    assertChain(length, at);
    left = { at, kind: "binary", operator, left, right: next(cursor) };
  }
}

function takeOperator(
  cursor: Cursor,
  symbols: readonly BinaryOperator[],
  words: readonly BinaryOperator[],
): BinaryOperator | undefined {
  cursor.skip();
  for (const symbol of symbols) if (cursor.sees(symbol) && !isOther(cursor, symbol)) return take(cursor, symbol);
  const word = cursor.peekName();
  return words.find((each) => each === word) === undefined ? undefined : take(cursor, word as BinaryOperator);
}

function take(cursor: Cursor, operator: BinaryOperator): BinaryOperator {
  cursor.position += operator.length;
  return operator;
}

/** `=>` is no comparison. Of symbols that begin alike the longer one comes first in the lists. */
function isOther(cursor: Cursor, symbol: string): boolean {
  return symbol === "=" && cursor.sees("=>");
}

const COMPARISON_SYMBOLS: readonly BinaryOperator[] = ["!=", "<=", ">=", "<<", ">>", "=", "<", ">"];
const COMPARISON_WORDS: readonly BinaryOperator[] = ["eq", "ne", "lt", "le", "gt", "ge", "is"];

/** Such chains make trees as deep as they are long. */
const MAX_CHAIN = 500;

function assertChain(length: number, at: number): void {
  if (length > MAX_CHAIN) {
    throw new QueryError(
      "xqbus:limit-exceeded",
      `more than ${MAX_CHAIN} operators follow one another; use parentheses or functions`,
      at,
    );
  }
}
