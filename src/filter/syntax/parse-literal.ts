import { QueryError } from "../values/query-error.ts";
import type { LiteralSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";

/** A number; undefined when none comes next. A letter directly behind it is an error (appendix A.2.2). */
export function tryNumber(cursor: Cursor): LiteralSyntax | undefined {
  const at = cursor.start();
  NUMBER.lastIndex = at;
  const [value, exponent] = NUMBER.exec(cursor.text) ?? [];
  if (value === undefined) return undefined;
  cursor.position = at + value.length;
  if (NAME_START.test(cursor.text.slice(cursor.position, cursor.position + 1))) {
    throw new QueryError("XPST0003", `the number ${value} is followed by a letter; put a space between them`, at);
  }
  const type = exponent !== undefined ? "double" : value.includes(".") ? "decimal" : "integer";
  return { at, kind: "literal", type, value };
}

const NUMBER = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?/y;
const NAME_START = /[\p{L}_]/u;
