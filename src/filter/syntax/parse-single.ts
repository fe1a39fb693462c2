import type { CatchClause, Expression, NodeTestSyntax, QNameSyntax, SequenceTypeSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseFlwor, startsFlwor } from "./parse-flwor.ts";
import { parseOr } from "./parse-operators.ts";
import { tryNameTest } from "./parse-path.ts";
import { parseSequenceType, parseTypeDeclaration } from "./parse-types.ts";

/** `ExprSingle` (XQuery 3.1, section 3). */
export function parseSingle(cursor: Cursor): Expression {
  if (startsFlwor(cursor)) return parseFlwor(cursor);
  const word = cursor.peekName();
  switch (word) {
    case "some":
    case "every":
      if (cursor.seesWordsThen([word], "$")) return parseQuantified(cursor, word);
      break;
    case "if":
      if (cursor.seesWordsThen([word], "(")) return parseIf(cursor);
      break;
    case "switch":
      if (isXQuery(cursor) && cursor.seesWordsThen([word], "(")) return parseSwitch(cursor);
      break;
    case "typeswitch":
      if (isXQuery(cursor) && cursor.seesWordsThen([word], "(")) return parseTypeswitch(cursor);
      break;
    case "try":
      if (isXQuery(cursor) && cursor.seesWordsThen([word], "{")) return parseTryCatch(cursor);
      break;
  }
  return parseOr(cursor);
}

/** `Expr`: expressions with commas between them. */
export function parseExpression(cursor: Cursor): Expression {
  const at = cursor.start();
  const first = cursor.single();
  if (!cursor.take(",")) return first;
  const items = [first];
  do items.push(cursor.single());
  while (cursor.take(","));
  return { at, kind: "sequence", items };
}

function isXQuery(cursor: Cursor): boolean {
  return cursor.language === "xquery";
}

function parseQuantified(cursor: Cursor, quantifier: "some" | "every"): Expression {
  const at = cursor.start();
  cursor.takeWords(quantifier);
  const bindings: { variable: QNameSyntax; type: SequenceTypeSyntax | undefined; in: Expression }[] = [];
  do {
    const variable = cursor.variableName();
    const type = isXQuery(cursor) ? parseTypeDeclaration(cursor) : undefined;
    cursor.expectWord("in");
    bindings.push({ variable, type, in: cursor.single() });
  } while (cursor.take(","));
  cursor.expectWord("satisfies", "and the condition");
  return { at, kind: "quantified", quantifier, bindings, satisfies: cursor.single() };
}

function parseIf(cursor: Cursor): Expression {
  const at = cursor.start();
  cursor.takeWords("if");
  const condition = parseParenthesized(cursor);
  cursor.expectWord("then");
  const then = cursor.single();
  cursor.expectWord("else", "(write else () for nothing)");
  return { at, kind: "if", condition, then, else: cursor.single() };
}

function parseSwitch(cursor: Cursor): Expression {
  const at = cursor.start();
  cursor.takeWords("switch");
  const operand = parseParenthesized(cursor);
  const cases: { values: readonly Expression[]; result: Expression }[] = [];
  do {
    const values: Expression[] = [];
    cursor.expectWord("case");
    do values.push(cursor.single());
    while (cursor.takeWords("case"));
    cursor.expectWord("return");
    cases.push({ values, result: cursor.single() });
  } while (cursor.seesWords("case"));
  cursor.expectWord("default");
  cursor.expectWord("return");
  return { at, kind: "switch", operand, cases, default: cursor.single() };
}

function parseTypeswitch(cursor: Cursor): Expression {
  const at = cursor.start();
  cursor.takeWords("typeswitch");
  const operand = parseParenthesized(cursor);
  const cases: { variable: QNameSyntax | undefined; types: readonly SequenceTypeSyntax[]; result: Expression }[] = [];
  cursor.expectWord("case");
  do {
    const variable = cursor.sees("$") ? cursor.variableName() : undefined;
    if (variable !== undefined) cursor.expectWord("as");
    const types: SequenceTypeSyntax[] = [];
    do types.push(parseSequenceType(cursor));
    while (cursor.take("|"));
    cursor.expectWord("return");
    cases.push({ variable, types, result: cursor.single() });
  } while (cursor.takeWords("case"));
  cursor.expectWord("default");
  const defaultVariable = cursor.sees("$") ? cursor.variableName() : undefined;
  cursor.expectWord("return");
  return { at, kind: "typeswitch", operand, cases, defaultVariable, default: cursor.single() };
}

function parseTryCatch(cursor: Cursor): Expression {
  const at = cursor.start();
  cursor.takeWords("try");
  const body = parseBlock(cursor);
  const clauses: CatchClause[] = [];
  while (cursor.sees("catch")) {
    const place = cursor.start();
    cursor.expectWord("catch");
    const tests: NodeTestSyntax[] = [];
    do {
      const test = tryNameTest(cursor);
      if (test === undefined) throw cursor.unexpected('the name of an error, or "*"');
      tests.push(test);
    } while (cursor.take("|"));
    clauses.push({ at: place, tests, result: parseBlock(cursor) });
  }
  if (clauses.length === 0) throw cursor.unexpected('"catch" behind a try');
  return { at, kind: "tryCatch", body, clauses };
}

/** `{ Expr? }`. */
function parseBlock(cursor: Cursor): Expression {
  const at = cursor.start();
  cursor.expect("{");
  if (cursor.take("}")) return { at, kind: "sequence", items: [] };
  const body = cursor.expression();
  cursor.expect("}");
  return body;
}

function parseParenthesized(cursor: Cursor): Expression {
  cursor.expect("(");
  const inner = cursor.expression();
  cursor.expect(")");
  return inner;
}
