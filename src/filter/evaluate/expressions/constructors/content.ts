import { XmlAttribute, XmlDocument, XmlElement } from "../../../../xml/index.ts";
import { ArrayItem } from "../../../values/array-item.ts";
import { textOf } from "../../../values/cast.ts";
import { FunctionItem } from "../../../values/function-item.ts";
import { isAtomic, type Item } from "../../../values/item.ts";
import { QueryError } from "../../../values/query-error.ts";
import type { Compiled } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { CopyMode, Parent, TreeBuilder } from "./tree-builder.ts";

/**
 * Puts the items of an expression into an element or document (XQuery 3.1, section 3.9.1.3): adjacent values become one text with
 * spaces between them, nodes are copied, attributes must come before everything else.
 */
export function appendContent(
  content: Compiled,
  context: Context,
  builder: TreeBuilder,
  parent: Parent,
  mode: CopyMode,
): void {
  let followsValue = false;
  const append = (item: Item): boolean => {
    if (item instanceof ArrayItem) return item.members.every((member) => member.every(append));
    if (item instanceof FunctionItem) {
      throw new QueryError("XQTY0105", "an element cannot contain a function or map", content.at);
    }
    if (isAtomic(item)) {
      builder.text(parent, followsValue ? ` ${textOf(item)}` : textOf(item));
      if (!followsValue) markText(parent);
      followsValue = true;
      return true;
    }
    followsValue = false;
    if (item instanceof XmlAttribute) checkAttribute(parent, content.at);
    builder.copy(parent, item, mode);
    return true;
  };
  content.each(context, append);
}

/** Whether something was put into the parent behind which no attribute may come, be it an empty text. */
const withText = new WeakSet<Parent>();

function markText(parent: Parent): void {
  withText.add(parent);
}

function checkAttribute(parent: Parent, at: number): void {
  if (parent instanceof XmlDocument) {
    throw new QueryError("XPTY0004", "a document cannot contain an attribute", at);
  }
  if (parent instanceof XmlElement && (parent.children.length > 0 || withText.has(parent))) {
    throw new QueryError("XQTY0024", "attributes come before all other content of an element", at);
  }
}
