import { QueryError } from "../values/query-error.ts";
import type { ArgumentSyntax, Expression, LookupKey, ParameterSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseAnnotations } from "./parse-annotations.ts";
import { parseComputedConstructor, startsComputedConstructor } from "./parse-computed-constructor.ts";
import { parseDirectConstructor, startsDirectConstructor } from "./parse-direct-constructor.ts";
import { tryNumber } from "./parse-literal.ts";
import { parseStringConstructor } from "./parse-string-constructor.ts";
import { parseTypeDeclaration } from "./parse-types.ts";

/** Words that are never the name of a called function (appendix A.3). */
export const RESERVED_FUNCTION_NAMES: ReadonlySet<string> = new Set([
  ...["array", "attribute", "comment", "document-node", "element", "empty-sequence", "function", "if", "item", "map"],
  ...["namespace-node", "node", "processing-instruction", "schema-attribute", "schema-element", "switch", "text"],
  "typeswitch",
]);

/** Whether a primary expression comes next, and not an axis step. */
export function startsPrimary(cursor: Cursor): boolean {
  cursor.skip();
  const { text, position } = cursor;
  const next = text[position] ?? "";
  if (next === "") return false;
  if ("\"'$([?%".includes(next) || (next >= "0" && next <= "9")) return true;
  if (next === ".") return text[position + 1] !== ".";
  if (next === "`") return text.startsWith("``[", position);
  if (next === "<") return startsDirectConstructor(cursor);
  const word = cursor.peekName();
  if (word === "") return false;
  if (cursor.seesWordsThen([word], "{") && (word === "map" || word === "array")) return true;
  if (word === "function" && cursor.seesWordsThen([word], "(")) return true;
  if (startsComputedConstructor(cursor) || startsOrdered(cursor)) return true;
  return seesCall(cursor) || seesReference(cursor);
}

/** `PostfixExpr`: a primary expression with predicates, argument lists and lookups behind it. */
export function parsePostfix(cursor: Cursor): Expression {
  let base = parsePrimary(cursor);
  for (let count = 0; ; count++) {
    const at = cursor.start();
    if (count > MAX_POSTFIXES) {
      throw new QueryError(
        "xqbus:limit-exceeded",
        `more than ${MAX_POSTFIXES} predicates, calls and lookups follow one another`,
        at,
      );
    }
    if (cursor.take("[")) {
      base = { at, kind: "filter", base, predicate: cursor.expression() };
      cursor.expect("]", "behind the predicate");
    } else if (cursor.sees("(") && !cursor.sees("(#")) {
      base = { at, kind: "dynamicCall", function: base, arguments: parseArguments(cursor) };
    } else if (cursor.sees("?") && !cursor.sees("?>")) {
      cursor.expect("?");
      base = { at, kind: "lookup", on: base, key: parseLookupKey(cursor) };
    } else return base;
  }
}

/** Each is evaluated inside the one before it. */
const MAX_POSTFIXES = 100;

function parsePrimary(cursor: Cursor): Expression {
  const at = cursor.start();
  const number = tryNumber(cursor);
  if (number !== undefined) return number;
  const value = cursor.tryString();
  if (value !== undefined) return { at, kind: "literal", type: "string", value };
  switch (cursor.text.charAt(at)) {
    case "$":
      return { at, kind: "variable", name: cursor.variableName() };
    case "(":
      return parseParenthesized(cursor);
    case ".":
      cursor.expect(".");
      return { at, kind: "contextItem" };
    case "[":
      return { at, kind: "squareArray", members: parseMembers(cursor) };
    case "?":
      cursor.expect("?");
      return { at, kind: "lookup", on: undefined, key: parseLookupKey(cursor) };
    case "<":
      if (startsDirectConstructor(cursor)) return parseDirectConstructor(cursor);
      break;
    case "`":
      if (cursor.sees("``[")) return parseStringConstructor(cursor);
      break;
  }
  return parseNamedPrimary(cursor, at);
}

/** What begins with a word. */
function parseNamedPrimary(cursor: Cursor, at: number): Expression {
  if (cursor.seesWordsThen(["map"], "{")) return parseMap(cursor, at);
  if (cursor.seesWordsThen(["array"], "{")) {
    cursor.takeWords("array");
    return { at, kind: "curlyArray", content: parseEnclosed(cursor) ?? { at, kind: "sequence", items: [] } };
  }
  const annotations = parseAnnotations(cursor);
  if (cursor.seesWordsThen(["function"], "(")) {
    cursor.takeWords("function");
    const parameters = parseParameters(cursor);
    const result = parseTypeDeclaration(cursor);
    const body = parseEnclosed(cursor) ?? { at, kind: "sequence", items: [] };
    return { at, kind: "inlineFunction", parameters, result, body, annotations };
  }
  if (annotations.length > 0) throw cursor.unexpected('"function(" behind an annotation');
  if (startsComputedConstructor(cursor)) return parseComputedConstructor(cursor);
  if (startsOrdered(cursor)) {
    const kind = cursor.takeWords("ordered") ? "ordered" : "unordered";
    if (kind === "unordered") cursor.expectWord("unordered");
    return { at, kind, body: parseEnclosed(cursor) ?? { at, kind: "sequence", items: [] } };
  }
  if (seesReference(cursor)) {
    const name = cursor.qName("the name of a function");
    cursor.expect("#");
    return { at, kind: "functionReference", name, arity: parseArity(cursor) };
  }
  if (seesCall(cursor)) {
    const name = cursor.qName("the name of a function");
    return { at, kind: "functionCall", name, arguments: parseArguments(cursor) };
  }
  throw cursor.unexpected("an expression");
}

/** `{ Expr? }`; undefined when nothing is in the braces. */
export function parseEnclosed(cursor: Cursor): Expression | undefined {
  cursor.expect("{");
  if (cursor.take("}")) return undefined;
  const body = cursor.expression();
  cursor.expect("}");
  return body;
}

/** `(a, ?, b)`. */
export function parseArguments(cursor: Cursor): readonly ArgumentSyntax[] {
  cursor.expect("(");
  const list: ArgumentSyntax[] = [];
  if (cursor.take(")")) return list;
  do list.push(takePlaceholder(cursor) ? undefined : cursor.single());
  while (cursor.take(","));
  cursor.expect(")", "behind the arguments");
  return list;
}

/** `($a as xs:string, $b)`. */
export function parseParameters(cursor: Cursor): readonly ParameterSyntax[] {
  cursor.expect("(");
  const parameters: ParameterSyntax[] = [];
  if (cursor.take(")")) return parameters;
  do {
    const at = cursor.start();
    const name = cursor.variableName();
    parameters.push({ at, name, type: parseTypeDeclaration(cursor) });
  } while (cursor.take(","));
  cursor.expect(")", "behind the parameters");
  return parameters;
}

/** A `?` that is an argument by itself, and not a lookup on the context item. */
function takePlaceholder(cursor: Cursor): boolean {
  const before = cursor.start();
  if (cursor.take("?") && (cursor.sees(",") || cursor.sees(")"))) return true;
  cursor.position = before;
  return false;
}

function parseParenthesized(cursor: Cursor): Expression {
  const at = cursor.start();
  cursor.expect("(");
  if (cursor.take(")")) return { at, kind: "sequence", items: [] };
  const inner = cursor.expression();
  cursor.expect(")");
  return inner;
}

function parseMembers(cursor: Cursor): readonly Expression[] {
  cursor.expect("[");
  const members: Expression[] = [];
  if (cursor.take("]")) return members;
  do members.push(cursor.single());
  while (cursor.take(","));
  cursor.expect("]", "behind the members of the array");
  return members;
}

function parseMap(cursor: Cursor, at: number): Expression {
  cursor.takeWords("map");
  cursor.expect("{");
  const entries: { key: Expression; value: Expression }[] = [];
  if (cursor.take("}")) return { at, kind: "map", entries };
  do {
    const key = cursor.single();
    cursor.expect(":", "between a key and its value");
    entries.push({ key, value: cursor.single() });
  } while (cursor.take(","));
  cursor.expect("}", "behind the entries of the map");
  return { at, kind: "map", entries };
}

/** `KeySpecifier`. */
function parseLookupKey(cursor: Cursor): LookupKey {
  if (cursor.take("*")) return { kind: "all" };
  if (cursor.sees("(")) return { kind: "expression", expression: parseParenthesized(cursor) };
  cursor.skip();
  const digits = /^[0-9]+/.exec(cursor.text.slice(cursor.position, cursor.position + 30))?.[0];
  if (digits === undefined) return { kind: "name", name: cursor.ncName('a key: a name, a number, "(…)" or "*"') };
  cursor.position += digits.length;
  return { kind: "integer", value: digits };
}

function parseArity(cursor: Cursor): number {
  const number = tryNumber(cursor);
  if (number?.type !== "integer") throw cursor.unexpected("the number of arguments");
  const arity = Number(number.value);
  if (Number.isSafeInteger(arity)) return arity;
  throw new QueryError("FOAR0002", "the number of arguments is out of range", number.at);
}

function startsOrdered(cursor: Cursor): boolean {
  if (cursor.language === "xpath") return false;
  return cursor.seesWordsThen(["ordered"], "{") || cursor.seesWordsThen(["unordered"], "{");
}

function seesCall(cursor: Cursor): boolean {
  return seesNameThen(cursor, "(");
}

function seesReference(cursor: Cursor): boolean {
  return seesNameThen(cursor, "#");
}

function seesNameThen(cursor: Cursor, symbol: string): boolean {
  const before = cursor.start();
  const name = cursor.tryQName();
  // `(:` begins a comment, `(#` a pragma.
  const sees = name !== undefined && cursor.sees(symbol) && !cursor.sees("(#");
  cursor.position = before;
  return sees && (name.prefix !== "" || name.uri !== undefined || !RESERVED_FUNCTION_NAMES.has(name.localName));
}
