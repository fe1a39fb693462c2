import { QueryError } from "../values/query-error.ts";
import type { Expression } from "./ast.ts";
import type { Cursor } from "./cursor.ts";

/** A string constructor (XQuery 3.1, section 3.9.2): text between ``` ``[ ``` and ``` ]`` ```, with expressions in `` `{ }` ``. */
export function parseStringConstructor(cursor: Cursor): Expression {
  const at = cursor.start();
  if (cursor.language === "xpath") throw cursor.unexpected("an expression of XPath");
  cursor.expect("``[");
  const parts: (string | Expression)[] = [];
  for (;;) {
    EDGE.lastIndex = cursor.position;
    const edge = EDGE.exec(cursor.text);
    if (edge === null)
      throw new QueryError("XPST0003", "the string constructor that begins with ``[ is not closed", at);
    if (edge.index > cursor.position) parts.push(cursor.text.slice(cursor.position, edge.index));
    cursor.position = edge.index + edge[0].length;
    if (edge[0] === "]``") return { at, kind: "stringConstructor", parts };
    if (!cursor.sees("}`")) parts.push(cursor.expression());
    cursor.skip();
    cursor.expect("}`");
  }
}

const EDGE = /\]``|`\{/g;
