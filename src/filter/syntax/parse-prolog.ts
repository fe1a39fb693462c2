import { nearestName } from "../../schema/index.ts";
import { QueryError } from "../values/query-error.ts";
import type { AnnotationSyntax, Declaration, Expression } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseAnnotations } from "./parse-annotations.ts";
import { RESERVED_FUNCTION_NAMES, parseEnclosed, parseParameters } from "./parse-primary.ts";
import { parseItemType, parseTypeDeclaration } from "./parse-types.ts";

/** One declaration of the prolog with its semicolon (XQuery 3.1, section 4); undefined when none comes next. */
export function parseDeclaration(cursor: Cursor): Declaration | undefined {
  const at = cursor.start();
  const declaration = tryImport(cursor, at) ?? tryDeclare(cursor, at);
  if (declaration !== undefined) cursor.expect(";", "behind the declaration");
  return declaration;
}

function tryImport(cursor: Cursor, at: number): Declaration | undefined {
  const what = cursor.seesWords("import", "schema") ? "schema" : "module";
  if (what === "module" && !cursor.seesWords("import", "module")) return undefined;
  cursor.takeWords("import", what);
  if (cursor.takeWords("namespace")) {
    cursor.ncName("a prefix");
    cursor.expect("=");
  } else if (what === "schema") cursor.takeWords("default", "element", "namespace");
  const uri = cursor.string("the URI of a namespace");
  if (cursor.takeWords("at")) {
    do cursor.string("the place of a file");
    while (cursor.take(","));
  }
  return { at, kind: "import", what, uri };
}

function tryDeclare(cursor: Cursor, at: number): Declaration | undefined {
  if (!cursor.seesWords("declare")) return undefined;
  const before = cursor.position;
  cursor.takeWords("declare");
  const annotations = parseAnnotations(cursor);
  const word = cursor.peekName();
  const parse = Object.hasOwn(DECLARATIONS, word) ? DECLARATIONS[word] : undefined;
  if (annotations.length > 0 && word !== "variable" && word !== "function") {
    throw cursor.unexpected('"variable" or "function" behind an annotation');
  }
  if (parse === undefined) {
    // A query may begin with a step that is called declare; but what looks like a declaration is misspelt.
    const isMisspelt = word !== "" && (cursor.seesWordsThen([word], "$") || nearestName(word, WORDS) !== undefined);
    if (isMisspelt) throw cursor.unexpected(`what is declared: ${WORDS.join(", ")}`);
    cursor.position = before;
    return undefined;
  }
  cursor.takeWords(word);
  return parse(cursor, at, annotations);
}

type DeclarationParser = (cursor: Cursor, at: number, annotations: readonly AnnotationSyntax[]) => Declaration;

const DECLARATIONS: Readonly<Record<string, DeclarationParser>> = {
  namespace: (cursor, at) => {
    const prefix = cursor.ncName("a prefix");
    cursor.expect("=", "and the URI of the namespace");
    return { at, kind: "namespace", prefix, uri: cursor.string("the URI of the namespace") };
  },
  default: parseDefault,
  variable: parseVariable,
  function: parseFunction,
  option: (cursor, at) => ({
    at,
    kind: "option",
    name: cursor.qName("the name of an option"),
    value: cursor.string("the value of the option"),
  }),
  context: (cursor, at) => {
    cursor.expectWord("item");
    const type = cursor.takeWords("as") ? parseItemType(cursor) : undefined;
    const isExternal = cursor.takeWords("external");
    const value = cursor.take(":=") ? cursor.single() : undefined;
    if (!isExternal && value === undefined) throw cursor.unexpected('":=" and a value, or "external"');
    return { at, kind: "contextItem", type, isExternal, value };
  },
  "decimal-format": (cursor, at) => {
    const name = cursor.qName("the name of the format");
    return { at, kind: "decimalFormat", name, properties: parseProperties(cursor) };
  },
  "boundary-space": (cursor, at) => setter(cursor, at, "boundary-space", ["preserve", "strip"]),
  construction: (cursor, at) => setter(cursor, at, "construction", ["preserve", "strip"]),
  ordering: (cursor, at) => setter(cursor, at, "ordering", ["ordered", "unordered"]),
  "base-uri": (cursor, at) => ({ at, kind: "setter", name: "base-uri", value: cursor.string("a URI") }),
  "copy-namespaces": (cursor, at) => {
    const first = oneOf(cursor, ["preserve", "no-preserve"]);
    cursor.expect(",");
    return {
      at,
      kind: "setter",
      name: "copy-namespaces",
      value: `${first} ${oneOf(cursor, ["inherit", "no-inherit"])}`,
    };
  },
};

const WORDS = Object.keys(DECLARATIONS);

function parseDefault(cursor: Cursor, at: number): Declaration {
  switch (oneOf(cursor, ["element", "function", "collation", "order", "decimal-format"])) {
    case "element":
      cursor.expectWord("namespace");
      return { at, kind: "defaultNamespace", of: "element", uri: cursor.string("the URI of the namespace") };
    case "function":
      cursor.expectWord("namespace");
      return { at, kind: "defaultNamespace", of: "function", uri: cursor.string("the URI of the namespace") };
    case "collation":
      return { at, kind: "setter", name: "default-collation", value: cursor.string("the URI of a collation") };
    case "order":
      cursor.expectWord("empty");
      return { at, kind: "setter", name: "empty-order", value: oneOf(cursor, ["greatest", "least"]) };
    default:
      return { at, kind: "decimalFormat", name: undefined, properties: parseProperties(cursor) };
  }
}

function setter(cursor: Cursor, at: number, name: string, values: readonly string[]): Declaration {
  return { at, kind: "setter", name, value: oneOf(cursor, values) };
}

function oneOf(cursor: Cursor, words: readonly string[]): string {
  const word = cursor.peekName();
  if (!words.includes(word)) throw cursor.unexpected(words.map((each) => `"${each}"`).join(" or "));
  cursor.takeWords(word);
  return word;
}

function parseVariable(cursor: Cursor, at: number, annotations: readonly AnnotationSyntax[]): Declaration {
  const name = cursor.variableName();
  const type = parseTypeDeclaration(cursor);
  const isExternal = cursor.takeWords("external");
  const value = cursor.take(":=") ? cursor.single() : undefined;
  if (!isExternal && value === undefined) throw cursor.unexpected('":=" and a value, or "external"');
  return { at, kind: "variable", name, type, isExternal, value, annotations };
}

function parseFunction(cursor: Cursor, at: number, annotations: readonly AnnotationSyntax[]): Declaration {
  const name = cursor.qName("the name of a function");
  if (name.prefix === "" && name.uri === undefined && RESERVED_FUNCTION_NAMES.has(name.localName)) {
    throw new QueryError(
      "XPST0003",
      `a function cannot be called "${name.localName}", which is a word of the language`,
      name.at,
    );
  }
  const parameters = parseParameters(cursor);
  const result = parseTypeDeclaration(cursor);
  if (cursor.takeWords("external")) {
    return { at, kind: "function", name, parameters, result, body: undefined, annotations };
  }
  const body: Expression = parseEnclosed(cursor) ?? { at, kind: "sequence", items: [] };
  return { at, kind: "function", name, parameters, result, body, annotations };
}

const FORMAT_PROPERTIES: readonly string[] = [
  ...["decimal-separator", "grouping-separator", "infinity", "minus-sign", "NaN", "percent", "per-mille"],
  ...["zero-digit", "digit", "pattern-separator", "exponent-separator"],
];

function parseProperties(cursor: Cursor): Readonly<Record<string, string>> {
  const properties = new Map<string, string>();
  while (!cursor.sees(";")) {
    const at = cursor.start();
    const name = oneOf(cursor, FORMAT_PROPERTIES);
    cursor.expect("=");
    if (properties.has(name)) throw new QueryError("XQST0114", `the property ${name} is given twice`, at);
    properties.set(name, cursor.string("the value of the property"));
  }
  return Object.fromEntries(properties);
}
