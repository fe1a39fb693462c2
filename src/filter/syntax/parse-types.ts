import type { AnnotationSyntax, ItemTypeSyntax, KindTestSyntax, QNameSyntax, SequenceTypeSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { QueryError } from "../values/query-error.ts";
import { parseAnnotations } from "./parse-annotations.ts";

/** `SequenceType` (XQuery 3.1, section 2.5.4). */
export function parseSequenceType(cursor: Cursor): SequenceTypeSyntax {
  const at = cursor.start();
  if (cursor.seesWordsThen(["empty-sequence"], "(")) {
    cursor.takeWords("empty-sequence");
    cursor.expect("(");
    cursor.expect(")");
    return { at, item: undefined, occurrence: "" };
  }
  const item = parseItemType(cursor);
  return { at, item, occurrence: parseOccurrence(cursor) };
}

/** `as SequenceType`, where it may be left out. */
export function parseTypeDeclaration(cursor: Cursor): SequenceTypeSyntax | undefined {
  return cursor.takeWords("as") ? parseSequenceType(cursor) : undefined;
}

/** `ItemType`. */
export function parseItemType(cursor: Cursor): ItemTypeSyntax {
  return cursor.nested(() => {
    const at = cursor.start();
    if (cursor.take("(")) {
      const inner = parseItemType(cursor);
      cursor.expect(")");
      return inner;
    }
    const annotations = parseAnnotations(cursor);
    const word = cursor.peekName();
    const isCall = cursor.seesWordsThen([word], "(");
    if (isCall && word === "function") return parseFunctionType(cursor, at, annotations);
    if (annotations.length > 0) throw cursor.unexpected('"function(" behind an annotation');
    if (isCall && word === "item") {
      openClose(cursor, word);
      return { at, kind: "item" };
    }
    if (isCall && word === "map") return parseMapType(cursor, at);
    if (isCall && word === "array") return parseArrayType(cursor, at);
    return tryKindTest(cursor) ?? { at, kind: "atomic", name: cursor.qName("a type") };
  });
}

/** A kind test; undefined when none comes next. */
export function tryKindTest(cursor: Cursor): KindTestSyntax | undefined {
  const at = cursor.start();
  const word = cursor.peekName();
  if (!Object.hasOwn(KIND_TESTS, word) || !cursor.seesWordsThen([word], "(")) return undefined;
  cursor.takeWords(word);
  cursor.expect("(");
  const test = KIND_TESTS[word]!(cursor, at);
  cursor.expect(")");
  return test;
}

const KIND_TESTS: Readonly<Record<string, (cursor: Cursor, at: number) => KindTestSyntax>> = {
  node: (_, at) => ({ at, kind: "anyNode" }),
  text: (_, at) => ({ at, kind: "text" }),
  comment: (_, at) => ({ at, kind: "comment" }),
  "namespace-node": (_, at) => ({ at, kind: "namespaceNode" }),
  "processing-instruction": (cursor, at) => ({ at, kind: "processingInstruction", target: parseTarget(cursor) }),
  "document-node": (cursor, at) => ({ at, kind: "documentNode", element: parseDocumentElement(cursor) }),
  element: (cursor, at) => ({ at, kind: "element", ...parseNamedKind(cursor, true) }),
  attribute: (cursor, at) => ({ at, kind: "attribute", ...parseNamedKind(cursor, false) }),
  "schema-element": (cursor, at) => ({ at, kind: "schemaElement", name: cursor.qName("the name of an element") }),
  "schema-attribute": (cursor, at) => ({ at, kind: "schemaAttribute", name: cursor.qName("the name of an attribute") }),
};

function parseTarget(cursor: Cursor): string | undefined {
  if (cursor.sees(")")) return undefined;
  const literal = cursor.tryString();
  if (literal === undefined) return cursor.ncName("the target of a processing instruction");
  const target = literal.trim().replaceAll(/\s+/g, " ");
  if (/^[^\s:]+$/u.test(target)) return target;
  throw new QueryError(
    "XPTY0004",
    `${JSON.stringify(literal)} is not the target of a processing instruction`,
    cursor.position,
  );
}

function parseDocumentElement(cursor: Cursor): KindTestSyntax | undefined {
  if (cursor.sees(")")) return undefined;
  const element = tryKindTest(cursor);
  if (element?.kind === "element" || element?.kind === "schemaElement") return element;
  throw cursor.unexpected("element(…)");
}

function parseNamedKind(
  cursor: Cursor,
  mayBeNillable: boolean,
): { readonly name: QNameSyntax | undefined; readonly type: QNameSyntax | undefined; readonly nillable: boolean } {
  if (cursor.sees(")")) return { name: undefined, type: undefined, nillable: false };
  const name = cursor.take("*") ? undefined : cursor.qName('a name or "*"');
  const type = cursor.take(",") ? cursor.qName("the name of a type") : undefined;
  return { name, type, nillable: mayBeNillable && type !== undefined && cursor.take("?") };
}

function parseFunctionType(cursor: Cursor, at: number, annotations: readonly AnnotationSyntax[]): ItemTypeSyntax {
  cursor.takeWords("function");
  cursor.expect("(");
  if (cursor.take("*")) {
    cursor.expect(")");
    return { at, kind: "functionType", parameters: undefined, result: undefined, annotations };
  }
  const parameters: SequenceTypeSyntax[] = [];
  if (!cursor.sees(")")) {
    do parameters.push(parseSequenceType(cursor));
    while (cursor.take(","));
  }
  cursor.expect(")");
  cursor.expectWord("as", "and the type of the result");
  return { at, kind: "functionType", parameters, result: parseSequenceType(cursor), annotations };
}

function parseMapType(cursor: Cursor, at: number): ItemTypeSyntax {
  cursor.takeWords("map");
  cursor.expect("(");
  if (cursor.take("*")) {
    cursor.expect(")");
    return { at, kind: "mapType", key: undefined, value: undefined };
  }
  const key = { at: cursor.start(), kind: "atomic", name: cursor.qName("the atomic type of the keys") } as const;
  cursor.expect(",", "and the type of the values");
  const value = parseSequenceType(cursor);
  cursor.expect(")");
  return { at, kind: "mapType", key, value };
}

function parseArrayType(cursor: Cursor, at: number): ItemTypeSyntax {
  cursor.takeWords("array");
  cursor.expect("(");
  const member = cursor.take("*") ? undefined : parseSequenceType(cursor);
  cursor.expect(")");
  return { at, kind: "arrayType", member };
}

function openClose(cursor: Cursor, word: string): void {
  cursor.takeWords(word);
  cursor.expect("(");
  cursor.expect(")");
}

/** An occurrence indicator belongs to the type whenever it can (appendix A.1.1, "occurrence-indicators"). */
function parseOccurrence(cursor: Cursor): SequenceTypeSyntax["occurrence"] {
  for (const indicator of ["?", "*", "+"] as const) if (cursor.take(indicator)) return indicator;
  return "";
}
