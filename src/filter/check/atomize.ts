import type { ExpandedName } from "../../xml/index.ts";
import { atomic, merged, type AtomicItem, type Item } from "./value.ts";

/** The atomic values that an item may stand for (XPath 3.1, section 2.4.2). All nodes of a document are untyped. */
export function atomize(item: Item): AtomicItem {
  const { events } = item;
  switch (item.kind) {
    case "atomic":
      return item;
    case "element":
      return atomic("untyped", events, { text: item.element.text, origin: item.element.name.localName });
    case "attribute":
      return atomic("untyped", events, { text: item.text, origin: attributeLabel(item.name) });
    case "document":
    case "anyElement":
      return atomic("untyped", events);
    // A comment is a string, an array several values.
    case "leaf":
    case "anything":
      return atomic("other", events);
  }
}

/** All of them. */
export function atomizeAll(items: readonly Item[]): readonly AtomicItem[] {
  return merged(items.map(atomize)) as readonly AtomicItem[];
}

function attributeLabel({ localName }: ExpandedName): string {
  return `@${localName}`;
}
