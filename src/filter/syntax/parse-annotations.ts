import type { AnnotationSyntax, LiteralSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { tryNumber } from "./parse-literal.ts";

/** `%name("value") …`, as many as there are. */
export function parseAnnotations(cursor: Cursor): readonly AnnotationSyntax[] {
  const annotations: AnnotationSyntax[] = [];
  while (cursor.language === "xquery" && cursor.sees("%")) {
    const at = cursor.start();
    cursor.expect("%");
    const name = cursor.qName("the name of an annotation");
    annotations.push({ at, name, values: cursor.take("(") ? parseValues(cursor) : [] });
  }
  return annotations;
}

function parseValues(cursor: Cursor): readonly LiteralSyntax[] {
  const values: LiteralSyntax[] = [];
  do values.push(parseLiteral(cursor));
  while (cursor.take(","));
  cursor.expect(")");
  return values;
}

function parseLiteral(cursor: Cursor): LiteralSyntax {
  const at = cursor.start();
  const text = cursor.tryString();
  if (text !== undefined) return { at, kind: "literal", type: "string", value: text };
  const number = tryNumber(cursor);
  if (number === undefined) throw cursor.unexpected("a string or a number");
  return number;
}
