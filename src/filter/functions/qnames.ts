import type { XmlElement } from "../../xml/index.ts";
import { XML_NAMESPACE, documentName, isNCName, lookupNamespace, type XmlNode } from "../../xml/index.ts";
import { ATOMIC_TYPES } from "../values/atomic-type.ts";
import type { Sequence } from "../values/item.ts";
import { QNameValue } from "../values/qname-value.ts";
import { QueryError } from "../values/query-error.ts";
import { StringValue, anyUri } from "../values/string-value.ts";
import { optionalText, textArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

const NC_NAME = ATOMIC_TYPES.get("NCName")!;

function splitName(text: string): { readonly prefix: string; readonly localName: string } {
  const [, prefix = "", localName = ""] = /^(?:([^:]+):)?([^:]+)$/.exec(text.trim()) ?? [];
  if (isNCName(localName) && (prefix === "" || isNCName(prefix))) return { prefix, localName };
  throw new QueryError("FOCA0002", `${JSON.stringify(text)} is not a name`);
}

function makeName([uri, name]: readonly Sequence[]): Sequence {
  const namespace = textArgument(uri);
  const { prefix, localName } = splitName(textArgument(name));
  if (prefix !== "" && namespace === "") {
    throw new QueryError("FOCA0002", `the name ${textArgument(name)} has a prefix but no namespace`);
  }
  return [new QNameValue(prefix, documentName(namespace, localName))];
}

function resolveName([name, element]: readonly Sequence[]): Sequence {
  const text = optionalText(name);
  if (text === undefined) return [];
  const { prefix, localName } = splitName(text);
  const namespace = lookupNamespace(element![0] as XmlElement, prefix);
  if (namespace === undefined)
    throw new QueryError("FONS0004", `the prefix "${prefix}" is not declared in the element`);
  return [new QNameValue(prefix, documentName(namespace, localName))];
}

function prefixesInScope(element: XmlElement): Sequence {
  const prefixes = new Set<string>();
  const hidden = new Set<string>();
  for (let scope = element.namespaces; scope !== undefined; scope = scope.outer) {
    if (scope.namespace === "") hidden.add(scope.prefix);
    else if (!hidden.has(scope.prefix)) prefixes.add(scope.prefix);
  }
  return [...prefixes, "xml"];
}

function namespaceForPrefix([prefix, element]: readonly Sequence[]): Sequence {
  const wanted = textArgument(prefix);
  if (wanted === "xml") return [anyUri(XML_NAMESPACE)];
  if (wanted === "xmlns") return [];
  const namespace = lookupNamespace(element![0] as XmlElement, wanted);
  return namespace === undefined || namespace === "" ? [] : [anyUri(namespace)];
}

/** Functions and Operators 3.1, section 10. */
export const QNAME_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:QName($uri as xs:string?, $name as xs:string) as xs:QName", makeName),
  define("fn:resolve-QName($qname as xs:string?, $element as element()) as xs:QName?", resolveName),
  define("fn:prefix-from-QName($arg as xs:QName?) as xs:NCName?", ([argument]) => {
    const [name] = argument as readonly QNameValue[];
    return name === undefined || name.prefix === "" ? [] : [new StringValue(NC_NAME, name.prefix)];
  }),
  define("fn:local-name-from-QName($arg as xs:QName?) as xs:NCName?", ([argument]) => {
    const [name] = argument as readonly QNameValue[];
    return name === undefined ? [] : [new StringValue(NC_NAME, name.name.localName)];
  }),
  define("fn:namespace-uri-from-QName($arg as xs:QName?) as xs:anyURI?", ([argument]) => {
    const [name] = argument as readonly QNameValue[];
    return name === undefined ? [] : [anyUri(name.name.namespace)];
  }),
  define("fn:namespace-uri-for-prefix($prefix as xs:string?, $element as element()) as xs:anyURI?", namespaceForPrefix),
  define("fn:in-scope-prefixes($element as element()) as xs:string*", ([element]) =>
    prefixesInScope(element![0] as XmlNode as XmlElement),
  ),
];
