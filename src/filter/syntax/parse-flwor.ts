import type { Expression, FlworClause, QNameSyntax, SequenceTypeSyntax, WindowCondition } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseTypeDeclaration } from "./parse-types.ts";

type Clause<Kind extends FlworClause["kind"]> = Extract<FlworClause, { readonly kind: Kind }>;

/** Whether `for $`, `let $` or, in XQuery, `for tumbling window` or `for sliding window` comes next. */
export function startsFlwor(cursor: Cursor): boolean {
  const word = cursor.peekName();
  if (word === "let") return cursor.seesWordsThen(["let"], "$");
  return word === "for" && (cursor.seesWordsThen(["for"], "$") || windowStyle(cursor) !== undefined);
}

function windowStyle(cursor: Cursor): "tumbling" | "sliding" | undefined {
  if (cursor.language === "xpath") return undefined;
  return (["tumbling", "sliding"] as const).find((style) => cursor.seesWords("for", style, "window"));
}

/** `FLWORExpr` (XQuery 3.1, section 3.12); in XPath `for` or `let` with `return` only. */
export function parseFlwor(cursor: Cursor): Expression {
  const at = cursor.start();
  const clauses: FlworClause[] = [];
  const parsers = cursor.language === "xquery" ? CLAUSES : {};
  if (cursor.seesWords("let")) parseLets(cursor, clauses);
  else parseFors(cursor, clauses);
  for (let word = cursor.peekName(); Object.hasOwn(parsers, word); word = cursor.peekName())
    parsers[word]!(cursor, clauses);
  cursor.expectWord("return", cursor.language === "xquery" ? "or another clause (for, let, where, order by …)" : "");
  return { at, kind: "flwor", clauses, return: cursor.single() };
}

const CLAUSES: Readonly<Record<string, (cursor: Cursor, clauses: FlworClause[]) => void>> = {
  for: parseFors,
  let: parseLets,
  where: (cursor, clauses) => clauses.push(parseWhere(cursor)),
  group: (cursor, clauses) => clauses.push(parseGroupBy(cursor)),
  order: (cursor, clauses) => clauses.push(parseOrderBy(cursor)),
  stable: (cursor, clauses) => clauses.push(parseOrderBy(cursor)),
  count: (cursor, clauses) => clauses.push(parseCount(cursor)),
};

function parseFors(cursor: Cursor, clauses: FlworClause[]): void {
  const style = windowStyle(cursor);
  if (style !== undefined) {
    clauses.push(parseWindow(cursor, style));
    return;
  }
  cursor.expectWord("for");
  do clauses.push(parseFor(cursor));
  while (cursor.take(","));
}

function parseFor(cursor: Cursor): FlworClause {
  const at = cursor.start();
  const variable = cursor.variableName();
  const isXQuery = cursor.language === "xquery";
  const type = isXQuery ? parseTypeDeclaration(cursor) : undefined;
  const allowingEmpty = isXQuery && cursor.takeWords("allowing", "empty");
  const position = isXQuery && cursor.takeWords("at") ? cursor.variableName() : undefined;
  cursor.expectWord("in", "and the sequence to go through");
  return { at, kind: "for", variable, type, allowingEmpty, position, in: cursor.single() };
}

function parseLets(cursor: Cursor, clauses: FlworClause[]): void {
  cursor.expectWord("let");
  do {
    const at = cursor.start();
    const variable = cursor.variableName();
    const type = cursor.language === "xquery" ? parseTypeDeclaration(cursor) : undefined;
    cursor.expect(":=", "and the value");
    clauses.push({ at, kind: "let", variable, type, value: cursor.single() });
  } while (cursor.take(","));
}

function parseWhere(cursor: Cursor): Clause<"where"> {
  const at = cursor.start();
  cursor.expectWord("where");
  return { at, kind: "where", condition: cursor.single() };
}

function parseCount(cursor: Cursor): Clause<"count"> {
  const at = cursor.start();
  cursor.expectWord("count");
  return { at, kind: "count", variable: cursor.variableName() };
}

function parseGroupBy(cursor: Cursor): Clause<"groupBy"> {
  const at = cursor.start();
  cursor.expectWord("group");
  cursor.expectWord("by");
  const keys: Clause<"groupBy">["keys"][number][] = [];
  do {
    const variable = cursor.variableName();
    const type = parseTypeDeclaration(cursor);
    const hasValue = type === undefined ? cursor.take(":=") : (cursor.expect(":="), true);
    const value = hasValue ? cursor.single() : undefined;
    keys.push({ variable, type, value, collation: parseCollation(cursor) });
  } while (cursor.take(","));
  return { at, kind: "groupBy", keys };
}

function parseOrderBy(cursor: Cursor): Clause<"orderBy"> {
  const at = cursor.start();
  const isStable = cursor.takeWords("stable");
  cursor.expectWord("order");
  cursor.expectWord("by");
  const keys: Clause<"orderBy">["keys"][number][] = [];
  do {
    const value = cursor.single();
    const isDescending = !cursor.takeWords("ascending") && cursor.takeWords("descending");
    keys.push({ value, isDescending, empty: parseEmptyOrder(cursor), collation: parseCollation(cursor) });
  } while (cursor.take(","));
  return { at, kind: "orderBy", isStable, keys };
}

function parseEmptyOrder(cursor: Cursor): "greatest" | "least" | undefined {
  if (!cursor.takeWords("empty")) return undefined;
  if (cursor.takeWords("greatest")) return "greatest";
  cursor.expectWord("least", 'or "greatest"');
  return "least";
}

function parseCollation(cursor: Cursor): string | undefined {
  return cursor.takeWords("collation") ? cursor.string("the URI of a collation") : undefined;
}

function parseWindow(cursor: Cursor, style: "tumbling" | "sliding"): Clause<"window"> {
  const at = cursor.start();
  cursor.takeWords("for", style, "window");
  const variable = cursor.variableName();
  const type: SequenceTypeSyntax | undefined = parseTypeDeclaration(cursor);
  cursor.expectWord("in");
  const sequence = cursor.single();
  cursor.expectWord("start");
  const start = parseWindowCondition(cursor);
  const isOnly = cursor.takeWords("only");
  if (isOnly || style === "sliding" || cursor.seesWords("end")) {
    cursor.expectWord("end");
    return {
      at,
      kind: "window",
      style,
      variable,
      type,
      in: sequence,
      start,
      end: { ...parseWindowCondition(cursor), isOnly },
    };
  }
  return { at, kind: "window", style, variable, type, in: sequence, start, end: undefined };
}

function parseWindowCondition(cursor: Cursor): WindowCondition {
  const current = cursor.sees("$") ? cursor.variableName() : undefined;
  const behind = (word: string): QNameSyntax | undefined =>
    cursor.takeWords(word) ? cursor.variableName() : undefined;
  const position = behind("at");
  const previous = behind("previous");
  const next = behind("next");
  cursor.expectWord("when");
  return { current, position, previous, next, when: cursor.single() };
}
