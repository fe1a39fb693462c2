import {
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  sameName,
  type XmlChildNode,
  type XmlNode,
} from "../../xml/index.ts";
import type { Budget } from "../evaluate/budget.ts";
import { ArrayItem } from "./array-item.ts";
import { sameValue } from "./compare-values.ts";
import { FunctionItem } from "./function-item.ts";
import { isAtomic, type Item, type Sequence } from "./item.ts";
import { MapItem } from "./map-item.ts";
import { QueryError } from "./query-error.ts";

/** `fn:deep-equal` (Functions and Operators 3.1, section 14.2.1). @throws QueryError FOTY0015 for functions */
export function deepEqual(a: Sequence, b: Sequence, budget: Budget): boolean {
  return a.length === b.length && a.every((item, i) => itemsEqual(item, b[i]!, budget));
}

function itemsEqual(a: Item, b: Item, budget: Budget): boolean {
  budget.step();
  if (isPlainFunction(a) || isPlainFunction(b)) {
    throw new QueryError("FOTY0015", "functions cannot be compared");
  }
  if (isAtomic(a) || isAtomic(b)) return isAtomic(a) && isAtomic(b) && sameValue(a, b);
  if (a instanceof MapItem) return b instanceof MapItem && mapsEqual(a, b, budget);
  if (a instanceof ArrayItem) {
    return (
      b instanceof ArrayItem &&
      a.members.length === b.members.length &&
      a.members.every((member, i) => deepEqual(member, b.members[i]!, budget))
    );
  }
  if (a instanceof FunctionItem || b instanceof FunctionItem) return false;
  return nodesEqual(a, b, budget);
}

function isPlainFunction(item: Item): boolean {
  return item instanceof FunctionItem && !(item instanceof MapItem) && !(item instanceof ArrayItem);
}

function mapsEqual(a: MapItem, b: MapItem, budget: Budget): boolean {
  if (a.size !== b.size) return false;
  return [...a.entries].every(({ key, value }) => {
    const other = b.get(key);
    return other !== undefined && deepEqual(value, other, budget);
  });
}

function nodesEqual(a: XmlNode, b: XmlNode, budget: Budget): boolean {
  budget.step();
  if (a instanceof XmlElement) {
    return b instanceof XmlElement && sameName(a.name, b.name) && attributesEqual(a, b) && childrenEqual(a, b, budget);
  }
  if (a instanceof XmlDocument) return b instanceof XmlDocument && childrenEqual(a, b, budget);
  if (a instanceof XmlAttribute) return b instanceof XmlAttribute && sameName(a.name, b.name) && a.value === b.value;
  if (a instanceof XmlText) return b instanceof XmlText && a.data === b.data;
  if (a instanceof XmlComment) return b instanceof XmlComment && a.data === b.data;
  return b instanceof XmlProcessingInstruction && a.target === b.target && a.data === b.data;
}

function attributesEqual(a: XmlElement, b: XmlElement): boolean {
  if (a.attributes.length !== b.attributes.length) return false;
  return a.attributes.every(({ name, value }) =>
    b.attributes.some((other) => sameName(other.name, name) && other.value === value),
  );
}

/** Comments and processing instructions in elements and documents do not count. */
function childrenEqual(a: XmlElement | XmlDocument, b: XmlElement | XmlDocument, budget: Budget): boolean {
  const [x, y] = [relevant(a), relevant(b)];
  return x.length === y.length && x.every((child, i) => nodesEqual(child, y[i]!, budget));
}

function relevant({ children }: XmlElement | XmlDocument): readonly XmlChildNode[] {
  return children.filter((child) => child instanceof XmlElement || child instanceof XmlText);
}
