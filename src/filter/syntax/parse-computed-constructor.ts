import type { Constructor, Expression, QNameSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";

/** Whether `element {`, `attribute name {`, `text {` or the like comes next. */
export function startsComputedConstructor(cursor: Cursor): boolean {
  if (cursor.language === "xpath") return false;
  const word = cursor.peekName();
  if (word === "document" || word === "text" || word === "comment") return cursor.seesWordsThen([word], "{");
  if (!NAMED.has(word)) return false;
  const before = cursor.position;
  cursor.takeWords(word);
  const starts = cursor.sees("{") || (cursor.tryQName() !== undefined && cursor.sees("{"));
  cursor.position = before;
  return starts;
}

const NAMED: ReadonlySet<string> = new Set(["element", "attribute", "processing-instruction", "namespace"]);

/** `CompConstructor` (XQuery 3.1, section 3.9.3). */
export function parseComputedConstructor(cursor: Cursor): Constructor {
  const at = cursor.start();
  const word = cursor.ncName("a constructor");
  switch (word) {
    case "element":
      return { at, kind: "computedElement", ...parseNamed(cursor, parseQName) };
    case "attribute":
      return { at, kind: "computedAttribute", ...parseNamed(cursor, parseQName) };
    case "processing-instruction":
      return { at, kind: "computedProcessingInstruction", ...parseNamed(cursor, parseNcName) };
    case "namespace":
      return { at, kind: "computedNamespace", ...parseNamed(cursor, parseNcName) };
    case "document":
      return { at, kind: "computedDocument", content: parseContent(cursor) };
    case "text":
      return { at, kind: "computedText", content: parseContent(cursor) };
    default:
      return { at, kind: "computedComment", content: parseContent(cursor) };
  }
}

function parseNamed<Name>(
  cursor: Cursor,
  parseName: (cursor: Cursor) => Name,
): { readonly name: Name | Expression; readonly content: Expression | undefined } {
  const name = cursor.sees("{") ? parseNameExpression(cursor) : parseName(cursor);
  return { name, content: parseContent(cursor) };
}

function parseQName(cursor: Cursor): QNameSyntax {
  return cursor.qName("a name");
}

function parseNcName(cursor: Cursor): string {
  return cursor.ncName("a name without a prefix");
}

function parseNameExpression(cursor: Cursor): Expression {
  cursor.expect("{");
  const name = cursor.expression();
  cursor.expect("}");
  return name;
}

function parseContent(cursor: Cursor): Expression | undefined {
  cursor.expect("{");
  if (cursor.take("}")) return undefined;
  const content = cursor.expression();
  cursor.expect("}");
  return content;
}
