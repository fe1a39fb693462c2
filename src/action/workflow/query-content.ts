import type { FilterItem } from "../../filter/index.ts";
import { childElements, stringValue, XmlAttribute, XmlDocument, XmlElement, type XmlNode } from "../../xml/index.ts";

/**
 * What a query gave as data of JSON: a list with one entry for each item.
 *
 * An element is its text, or, with attributes or elements within, an object of them by their local names, a list where a name is there
 * several times. A time is text as in ISO 8601, a large integer is text.
 */
export function queryContent(items: readonly FilterItem[]): readonly unknown[] {
  return items.map(dataOf);
}

function dataOf(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(dataOf);
  if ("nodeType" in value) return nodeData(value as XmlNode);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, dataOf(member)]));
}

function nodeData(node: XmlNode): unknown {
  if (node instanceof XmlDocument) return nodeData(node.documentElement);
  if (!(node instanceof XmlElement)) return node instanceof XmlAttribute ? node.value : stringValue(node);
  const children = childElements(node);
  if (children.length === 0 && node.attributes.length === 0) return stringValue(node);
  const members = new Map<string, unknown[]>();
  const add = (name: string, data: unknown): void => void members.set(name, [...(members.get(name) ?? []), data]);
  for (const { name, value } of node.attributes) add(name.localName, value);
  for (const child of children) add(child.localName, nodeData(child));
  return Object.fromEntries(
    [...members].map(([name, [only, ...more]]) => [name, more.length === 0 ? only : [only, ...more]]),
  );
}
