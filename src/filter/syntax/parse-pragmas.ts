import { QueryError } from "../values/query-error.ts";
import type { Expression, QNameSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";

/** `ExtensionExpr` (XQuery 3.1, section 3.20): `(# name anything #) { expression }`. */
export function parsePragmas(cursor: Cursor): Expression {
  const at = cursor.start();
  const pragmas: QNameSyntax[] = [];
  while (cursor.take("(#")) {
    pragmas.push(cursor.qName("the name of a pragma"));
    const end = cursor.text.indexOf("#)", cursor.position);
    if (end < 0) throw new QueryError("XPST0003", 'the pragma is not closed; expected "#)"', at);
    if (end > cursor.position && !/^[ \t\n\r]/.test(cursor.text.slice(cursor.position))) {
      throw cursor.unexpected("white space behind the name of a pragma");
    }
    cursor.position = end + 2;
  }
  cursor.expect("{");
  const body = cursor.sees("}") ? undefined : cursor.expression();
  cursor.expect("}");
  return { at, kind: "extension", pragmas, body };
}
