import { documentName, isNCName, type ExpandedName } from "../../../../xml/index.ts";
import type { Expression, QNameSyntax } from "../../../syntax/ast.ts";
import { atomizeAll } from "../../../values/atomize.ts";
import { STRING, UNTYPED_ATOMIC } from "../../../values/atomic-type.ts";
import { typeOf, type AtomicValue } from "../../../values/item.ts";
import { QNameValue } from "../../../values/qname-value.ts";
import { QueryError } from "../../../values/query-error.ts";
import type { Compiled } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { Scope } from "../../scope.ts";

/** The name of a constructed element or attribute, computed or as written. */
export type NameSource = (context: Context) => { readonly name: ExpandedName; readonly prefix: string };

/** @param kind decides what a name without prefix means: elements have the default namespace, attributes none */
export function compileName(syntax: QNameSyntax | Expression, kind: "element" | "attribute", scope: Scope): NameSource {
  const unprefixed = kind === "element" ? "element" : "none";
  if (!("kind" in syntax)) {
    const written = { name: scope.resolve(syntax, unprefixed), prefix: syntax.prefix };
    return () => written;
  }
  const expression = scope.compile(syntax);
  return (context) => {
    const value = onlyValue(expression, context);
    if (value instanceof QNameValue) return { name: value.name, prefix: value.prefix };
    const text = nameText(value, expression.at).trim();
    const [, uri, braced] = /^Q\{([^{}]*)\}(.*)$/s.exec(text) ?? [];
    if (braced !== undefined && isNCName(braced))
      return { name: documentName(uri!.trim().replaceAll(/\s+/g, " "), braced), prefix: "" };
    const [, prefix = "", localName = ""] = /^(?:([^:]*):)?([^:]*)$/s.exec(text) ?? [];
    if (!isNCName(localName) || (prefix !== "" && !isNCName(prefix)) || text.startsWith(":")) {
      throw new QueryError("XQDY0074", `${JSON.stringify(text)} is not the name of an ${kind}`, expression.at);
    }
    if (prefix === "")
      return { name: documentName(kind === "element" ? scope.defaultElementNamespace : "", localName), prefix };
    const namespace = scope.namespaceOf(prefix);
    if (namespace === undefined)
      throw new QueryError("XQDY0074", `the prefix "${prefix}" is not declared`, expression.at);
    return { name: documentName(namespace, localName), prefix };
  };
}

/** The target of a computed processing instruction. */
export function compileTarget(syntax: string | Expression, scope: Scope): (context: Context) => string {
  if (typeof syntax === "string") return () => syntax;
  const expression = scope.compile(syntax);
  return (context) => {
    const value = onlyValue(expression, context);
    const text = nameText(value, expression.at).trim();
    if (isNCName(text)) return text;
    throw new QueryError(
      "XQDY0041",
      `${JSON.stringify(text)} is not the target of a processing instruction`,
      expression.at,
    );
  };
}

function onlyValue(expression: Compiled, context: Context): AtomicValue {
  const values = atomizeAll(expression.items(context));
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  throw new QueryError("XPTY0004", `a name is made of ${values.length} items; expected one`, expression.at);
}

function nameText(value: AtomicValue, at: number): string {
  const type = typeOf(value);
  if (type.isA(STRING) || type === UNTYPED_ATOMIC) return String(value);
  throw new QueryError(
    "XPTY0004",
    `a name is made of a value of type ${String(type)}; expected a string or xs:QName`,
    at,
  );
}
