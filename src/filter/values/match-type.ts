import {
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  sameName,
  type XmlNode,
} from "../../xml/index.ts";
import { ArrayItem } from "./array-item.ts";
import { FunctionItem } from "./function-item.ts";
import { isAtomic, typeOf, type Item, type Sequence } from "./item.ts";
import { MapItem } from "./map-item.ts";
import { QueryError } from "./query-error.ts";
import type { ItemType, NodeType, SequenceType } from "./sequence-type.ts";
import { describeType, isSubtype } from "./subtype.ts";

export function isNode(item: Item): item is XmlNode {
  return (
    item instanceof XmlElement ||
    item instanceof XmlAttribute ||
    item instanceof XmlText ||
    item instanceof XmlDocument ||
    item instanceof XmlComment ||
    item instanceof XmlProcessingInstruction
  );
}

/** Whether the sequence is an instance of the type (XPath 3.1, section 2.5.5.1). */
export function sequenceMatches(items: Sequence, { item, occurrence }: SequenceType): boolean {
  if (items.length === 0) return item === undefined || occurrence === "?" || occurrence === "*";
  if (item === undefined || (items.length > 1 && (occurrence === "" || occurrence === "?"))) return false;
  return items.every((each) => itemMatches(each, item));
}

/** Whether the item is an instance of the type (section 2.5.5.2). */
export function itemMatches(item: Item, type: ItemType): boolean {
  switch (type.kind) {
    case "item":
      return true;
    case "atomic":
      return isAtomic(item) && typeOf(item).isA(type.type);
    case "union":
      return isAtomic(item) && type.types.some((each) => typeOf(item).isA(each));
    case "function":
      return item instanceof FunctionItem && functionMatches(item, type);
    case "map":
      return item instanceof MapItem && mapMatches(item, type);
    case "array":
      return item instanceof ArrayItem && arrayMatches(item, type);
    default:
      return isNode(item) && nodeMatches(item, type);
  }
}

/**
 * @param what names the sequence in the message
 * @throws QueryError `code` (XPTY0004 unless told) when it is not an instance of the type
 */
export function assertMatches(
  items: Sequence,
  type: SequenceType,
  what: string,
  at: number,
  code: string = "XPTY0004",
): void {
  if (sequenceMatches(items, type)) return;
  throw new QueryError(code, `${what} is ${describeItems(items)}; expected ${describeType(type)}`, at);
}

/** `an xs:string`, `3 items`, for messages. */
export function describeItems(items: Sequence): string {
  const [only] = items;
  if (only === undefined) return "empty";
  if (items.length > 1) return `${items.length} items`;
  if (isAtomic(only)) return `a value of type ${String(typeOf(only))}`;
  if (isNode(only)) return `a node (${only.nodeName})`;
  return only instanceof MapItem ? "a map" : only instanceof ArrayItem ? "an array" : "a function";
}

function nodeMatches(node: XmlNode, type: NodeType): boolean {
  switch (type.kind) {
    case "node":
      return true;
    case "text":
      return node instanceof XmlText;
    case "comment":
      return node instanceof XmlComment;
    case "namespaceNode":
      return false;
    case "processingInstruction":
      return node instanceof XmlProcessingInstruction && (type.target === undefined || type.target === node.target);
    case "document":
      return node instanceof XmlDocument && (type.element === undefined || documentMatches(node, type.element));
    case "element":
      return node instanceof XmlElement && namedMatches(node, type);
    case "attribute":
      return node instanceof XmlAttribute && namedMatches(node, type);
  }
}

function namedMatches(
  { name }: XmlElement | XmlAttribute,
  type: Extract<NodeType, { readonly kind: "element" | "attribute" }>,
): boolean {
  return type.acceptsUntyped && (type.name === undefined || sameName(name, type.name));
}

/** A document with exactly one element, which matches, and no text (section 2.5.5.3). */
function documentMatches(document: XmlDocument, type: NodeType): boolean {
  const elements = document.children.filter((child) => child instanceof XmlElement);
  const hasText = document.children.some((child) => child instanceof XmlText);
  const [element] = elements;
  return !hasText && elements.length === 1 && nodeMatches(element!, type);
}

/** A function matches when it takes at least what the type's callers give, and returns at most what they expect. */
function functionMatches(item: FunctionItem, { signature }: Extract<ItemType, { readonly kind: "function" }>): boolean {
  if (signature === undefined) return true;
  const { parameters, result } = signature;
  if (item instanceof MapItem) {
    const [key] = parameters;
    const mayMiss: SequenceType = { item: result.item, occurrence: result.occurrence };
    return (
      parameters.length === 1 &&
      isAtomicParameter(key!) &&
      (mayMiss.occurrence === "?" || mayMiss.occurrence === "*" || result.item === undefined) &&
      [...item.entries].every(({ value }) => sequenceMatches(value, result))
    );
  }
  if (item instanceof ArrayItem) {
    const [position] = parameters;
    const takesPosition = parameters.length === 1 && isSubtype(position!, item.parameters[0]!);
    return takesPosition && item.members.every((member) => sequenceMatches(member, result));
  }
  return (
    item.arity === parameters.length &&
    parameters.every((parameter, i) => isSubtype(parameter, item.parameters[i]!)) &&
    isSubtype(item.result, result)
  );
}

/** A single atomic value of any type. */
function isAtomicParameter({ item, occurrence }: SequenceType): boolean {
  return occurrence === "" && (item?.kind === "atomic" || item?.kind === "union");
}

function mapMatches(item: MapItem, { entry }: Extract<ItemType, { readonly kind: "map" }>): boolean {
  if (entry === undefined) return true;
  return [...item.entries].every(
    ({ key, value }) => itemMatches(key, entry.key) && sequenceMatches(value, entry.value),
  );
}

function arrayMatches(item: ArrayItem, { member }: Extract<ItemType, { readonly kind: "array" }>): boolean {
  return member === undefined || item.members.every((each) => sequenceMatches(each, member));
}
