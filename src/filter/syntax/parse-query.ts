import { QueryError, UnsupportedError } from "../values/query-error.ts";
import type { Declaration, QueryLanguage, QuerySyntax } from "./ast.ts";
import { Cursor, type Grammar, type Spans } from "./cursor.ts";
import { parseDeclaration } from "./parse-prolog.ts";
import { parseExpression, parseSingle } from "./parse-single.ts";

const GRAMMAR: Grammar = { expression: parseExpression, single: parseSingle };

/**
 * Reads the text of a query: a main module of XQuery 3.1, or an expression of XPath 3.1, of which XPath 1.0 is a part but for comparisons in a row.
 *
 * Line ends must be normalised before (XQuery 3.1, appendix A.2.3).
 *
 * @throws QueryError XPST0003 and other static errors of syntax, with the offset; `xqbus:limit-exceeded` where expressions are nested
 *   too deep; UnsupportedError for library modules
 * @param spans gets the places of the expressions
 */
export function parseQuery(text: string, language: QueryLanguage, spans?: Spans): QuerySyntax {
  const cursor = new Cursor(text, language === "xquery" ? "xquery" : "xpath", GRAMMAR, spans);
  if (language === "xquery") parseVersion(cursor);
  const at = cursor.position;
  const declarations: Declaration[] = language === "xquery" ? parseProlog(cursor) : [];
  const end = cursor.position;
  if (cursor.atEnd) {
    throw new QueryError("XPST0003", "an expression is missing behind the declarations", cursor.position);
  }
  const body = cursor.expression();
  if (!cursor.atEnd) {
    const changes = /\b(?:insert|delete|replace|rename)\s+(?:nodes?|value)\b/.test(text);
    throw cursor.unexpected(
      changes ? "an expression that selects; a filter cannot change anything" : "an operator or the end of the filter",
    );
  }
  return { prolog: { declarations, at, end }, body };
}

function parseProlog(cursor: Cursor): Declaration[] {
  if (isLibrary(cursor)) throw new UnsupportedError("a library module", "write a query with a body", cursor.position);
  const declarations: Declaration[] = [];
  let isSecondPart = false;
  for (let declaration = parseDeclaration(cursor); declaration !== undefined; declaration = parseDeclaration(cursor)) {
    const belongsToSecondPart = SECOND_PART.has(declaration.kind);
    if (isSecondPart && !belongsToSecondPart) {
      throw new QueryError(
        "XPST0003",
        "namespaces, settings and imports come before variables, functions and options",
        declaration.at,
      );
    }
    isSecondPart = belongsToSecondPart;
    declarations.push(declaration);
  }
  return declarations;
}

/** What comes behind everything else (production [6]). */
export const SECOND_PART: ReadonlySet<Declaration["kind"]> = new Set(["variable", "function", "option", "contextItem"]);

function isLibrary(cursor: Cursor): boolean {
  const before = cursor.position;
  const found = cursor.takeWords("module", "namespace") && cursor.peekName() !== "";
  cursor.position = before;
  return found;
}

function parseVersion(cursor: Cursor): void {
  const at = cursor.start();
  const hasVersion = cursor.seesWordsThen(["xquery", "version"], '"', "'");
  if (!hasVersion && !cursor.seesWordsThen(["xquery", "encoding"], '"', "'")) return;
  cursor.takeWords("xquery");
  if (cursor.takeWords("version")) {
    const version = cursor.string("the version");
    if (!/^(?:1\.0|3\.0|3\.1)$/.test(version)) {
      throw new QueryError("XQST0031", `the version of XQuery is ${JSON.stringify(version)}; expected "3.1"`, at);
    }
  }
  if (cursor.takeWords("encoding")) {
    const encoding = cursor.string("the name of an encoding");
    if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(encoding)) {
      throw new QueryError("XQST0087", `${JSON.stringify(encoding)} is not the name of an encoding`, at);
    }
  }
  cursor.expect(";");
}
