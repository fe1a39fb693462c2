import { internName } from "../../xml/index.ts";
import { resolveSequenceType } from "../evaluate/resolve-type.ts";
import { Cursor } from "../syntax/cursor.ts";
import { parseExpression, parseSingle } from "../syntax/parse-single.ts";
import { parseParameters } from "../syntax/parse-primary.ts";
import { parseTypeDeclaration } from "../syntax/parse-types.ts";
import type { QNameSyntax } from "../syntax/ast.ts";
import { ARRAY_NAMESPACE, FN_NAMESPACE, MAP_NAMESPACE, MATH_NAMESPACE, XSD_NAMESPACE } from "../values/namespaces.ts";
import type { FunctionSignature } from "./function-definition.ts";

const PREFIXES: Readonly<Record<string, string>> = {
  fn: FN_NAMESPACE,
  math: MATH_NAMESPACE,
  map: MAP_NAMESPACE,
  array: ARRAY_NAMESPACE,
  xs: XSD_NAMESPACE,
};

const NAMES = {
  resolve: ({ prefix, localName }: QNameSyntax) => internName(PREFIXES[prefix] ?? "", localName),
};

/** Reads `fn:name($a as xs:string?, …) as xs:boolean`. */
export function parseSignature(text: string): FunctionSignature {
  const cursor = new Cursor(text, "xquery", { expression: parseExpression, single: parseSingle });
  const name = NAMES.resolve(cursor.qName("a function"));
  const parameters = parseParameters(cursor).map(({ type }) => resolveSequenceType(type, NAMES));
  return { name, parameters, result: resolveSequenceType(parseTypeDeclaration(cursor), NAMES) };
}
