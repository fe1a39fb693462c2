import {
  XML_NAMESPACE,
  XmlAttribute,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  attributeValue,
  documentName,
  documentOf,
  isNCName,
  type ExpandedName,
  type XmlNode,
} from "../../xml/index.ts";
import type { Context } from "../evaluate/environment.ts";
import { atomizeAll } from "../values/atomize.ts";
import type { Item, Sequence } from "../values/item.ts";
import { sortNodes } from "../values/node-order.ts";
import { hasDocument, parentOf, rootOf } from "../values/parent-of.ts";
import { QNameValue } from "../values/qname-value.ts";
import { QueryError } from "../values/query-error.ts";
import { anyUri } from "../values/string-value.ts";
import { textArgument } from "./arguments.ts";
import { contextItem, contextNode, textOfItem } from "./context-value.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { pathOfNode } from "./node-path.ts";

/** A function of a node, which is the context item where no argument is given. */
function ofNode(
  name: string,
  result: string,
  compute: (node: XmlNode) => Sequence,
  ifEmpty: Sequence = [],
): readonly FunctionDefinition[] {
  return [
    define(`fn:${name}($arg as node()?) as ${result}`, ([argument]) => {
      const [node] = argument as readonly XmlNode[];
      return node === undefined ? ifEmpty : compute(node);
    }),
    define(`fn:${name}() as ${result}`, (_, context) => compute(contextNode(context)), { usesFocus: true }),
  ];
}

/** The name that a node has, if its kind has one. */
function nameOf(node: XmlNode): { readonly name: ExpandedName; readonly prefix: string } | undefined {
  return node instanceof XmlElement || node instanceof XmlAttribute ? node : undefined;
}

function localName(node: XmlNode): string {
  if (node instanceof XmlProcessingInstruction) return node.target;
  return nameOf(node)?.name.localName ?? "";
}

function qualifiedName(node: XmlNode): string {
  if (node instanceof XmlProcessingInstruction) return node.target;
  return nameOf(node) === undefined ? "" : node.nodeName;
}

function nodeName(node: XmlNode): Sequence {
  if (node instanceof XmlProcessingInstruction) return [new QNameValue("", documentName("", node.target))];
  const name = nameOf(node);
  return name === undefined ? [] : [new QNameValue(name.prefix, name.name)];
}

/** `xml:lang` of the nearest element that has one (Functions and Operators 3.1, section 13.7). */
function hasLanguage(wanted: string, node: XmlNode): boolean {
  for (let at: XmlNode | undefined = node; at !== undefined; at = parentOf(at)) {
    const language = at instanceof XmlElement ? attributeValue(at, "lang", XML_NAMESPACE) : undefined;
    if (language === undefined) continue;
    const [own, asked] = [language.toLowerCase(), wanted.toLowerCase()];
    return own === asked || own.startsWith(`${asked}-`);
  }
  return false;
}

/** Those that are an ancestor of no other one. */
function innermost(nodes: readonly XmlNode[], { environment }: Context): readonly XmlNode[] {
  const ancestors = new Set<XmlNode>();
  for (const node of nodes) {
    for (let at = parentOf(node); at !== undefined; at = parentOf(at)) {
      environment.budget.step();
      ancestors.add(at);
    }
  }
  return sortNodes(nodes.filter((node) => !ancestors.has(node)));
}

/** Those that have no other one as an ancestor. */
function outermost(nodes: readonly XmlNode[], { environment }: Context): readonly XmlNode[] {
  const all = new Set(nodes);
  const isOutermost = (node: XmlNode): boolean => {
    for (let at = parentOf(node); at !== undefined; at = parentOf(at)) {
      environment.budget.step();
      if (all.has(at)) return false;
    }
    return true;
  };
  return sortNodes(nodes.filter(isOutermost));
}

/** Elements with an `xml:id` of these values; without DTD nothing else is an ID (section 14.5.4). */
function elementsById(values: Sequence, node: XmlNode, { environment }: Context): readonly XmlNode[] {
  const root = rootOf(node);
  if (!(root instanceof XmlDocument)) {
    throw new QueryError("FODC0001", "the node is in no document");
  }
  const wanted = new Set(values.flatMap((value) => textOfItem(value).split(/[ \t\n\r]+/)));
  const found: XmlNode[] = [];
  const seen = new Set<string>();
  const visit = (parent: XmlDocument | XmlElement): void => {
    for (const child of parent.children) {
      environment.budget.step();
      if (!(child instanceof XmlElement)) continue;
      const id = attributeValue(child, "id", XML_NAMESPACE)?.trim();
      if (id !== undefined && isNCName(id) && wanted.has(id) && !seen.has(id)) {
        seen.add(id);
        found.push(child);
      }
      visit(child);
    }
  };
  visit(root);
  return found;
}

/** The same for the same node as long as it lives; letters and digits. */
function generatedId(node: XmlNode): string {
  const document = documentOf(node);
  let number = documentNumbers.get(document);
  if (number === undefined) {
    number = ++lastDocumentNumber;
    documentNumbers.set(document, number);
  }
  return node === document ? `d${number}` : `d${number}e${(node as XmlElement).offset}`;
}

const documentNumbers = new WeakMap<XmlDocument, number>();
let lastDocumentNumber = 0;

function data(items: Sequence): Sequence {
  return atomizeAll(items);
}

/** Functions and Operators 3.1, sections 2 and 13. */
export const NODE_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:string() as xs:string", (_, context) => [textOfItem(contextItem(context))], { usesFocus: true }),
  define("fn:string($arg as item()?) as xs:string", ([argument]) => {
    const [item] = argument as readonly Item[];
    return [item === undefined ? "" : textOfItem(item)];
  }),
  define("fn:data() as xs:anyAtomicType*", (_, context) => data([contextItem(context)]), { usesFocus: true }),
  define("fn:data($arg as item()*) as xs:anyAtomicType*", ([items]) => data(items!)),
  ...ofNode("name", "xs:string", (node) => [qualifiedName(node)], [""]),
  ...ofNode("local-name", "xs:string", (node) => [localName(node)], [""]),
  ...ofNode("namespace-uri", "xs:anyURI", (node) => [anyUri(nameOf(node)?.name.namespace ?? "")], [anyUri("")]),
  ...ofNode("node-name", "xs:QName?", nodeName),
  ...ofNode("root", "node()?", (node) => [rootOf(node)]),
  ...ofNode("has-children", "xs:boolean", (node) => ["children" in node && node.children.length > 0], [false]),
  ...ofNode("path", "xs:string?", (node) => [pathOfNode(node)]),
  ...ofNode("generate-id", "xs:string", (node) => [generatedId(node)], [""]),
  // Events have no type annotations, so nothing is nilled (XDM 3.1, section 6.2.4).
  ...ofNode("nilled", "xs:boolean?", (node) => (node instanceof XmlElement ? [false] : [])),
  define("fn:innermost($nodes as node()*) as node()*", ([nodes], context) =>
    innermost(nodes as readonly XmlNode[], context),
  ),
  define("fn:outermost($nodes as node()*) as node()*", ([nodes], context) =>
    outermost(nodes as readonly XmlNode[], context),
  ),
  define("fn:lang($testlang as xs:string?, $node as node()) as xs:boolean", ([wanted, node]) => [
    hasLanguage(textArgument(wanted), node![0] as XmlNode),
  ]),
  define(
    "fn:lang($testlang as xs:string?) as xs:boolean",
    ([wanted], context) => [hasLanguage(textArgument(wanted), contextNode(context))],
    { usesFocus: true },
  ),
  ...(["id", "element-with-id"] as const).flatMap((name) => [
    define(`fn:${name}($arg as xs:string*, $node as node()) as element()*`, ([values, node], context) =>
      elementsById(values!, node![0] as XmlNode, context),
    ),
    define(
      `fn:${name}($arg as xs:string*) as element()*`,
      ([values], context) => elementsById(values!, contextNode(context), context),
      { usesFocus: true },
    ),
  ]),
  define("fn:idref($arg as xs:string*, $node as node()) as node()*", ([, node]) => noReferences(node![0] as XmlNode)),
  define("fn:idref($arg as xs:string*) as node()*", (_, context) => noReferences(contextNode(context)), {
    usesFocus: true,
  }),
];

/** Without DTD and schema nothing is an IDREF. */
function noReferences(node: XmlNode): Sequence {
  if (hasDocument(node)) return [];
  throw new QueryError("FODC0001", "the node is in no document");
}
