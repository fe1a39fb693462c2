import { stringValue, type XmlNode } from "../../xml/index.ts";
import type { Context } from "../evaluate/environment.ts";
import { textOf } from "../values/cast.ts";
import { FunctionItem } from "../values/function-item.ts";
import { isAtomic, type Item } from "../values/item.ts";
import { isNode } from "../values/match-type.ts";
import { QueryError } from "../values/query-error.ts";

/** The context item. @throws QueryError XPDY0002 */
export function contextItem({ item }: Context): Item {
  if (item === undefined) throw new QueryError("XPDY0002", "there is no context item here");
  return item;
}

/** The context item, which must be a node. @throws QueryError XPDY0002, XPTY0004 */
export function contextNode(context: Context): XmlNode {
  const item = contextItem(context);
  if (isNode(item)) return item;
  throw new QueryError("XPTY0004", "the context item is a value or function; expected a node");
}

/** The string of the context item, for functions that take it where they have no argument. */
export function contextText(context: Context): string {
  return textOfItem(contextItem(context));
}

/** `fn:string` of an item. @throws QueryError FOTY0014 for functions, maps and arrays */
export function textOfItem(item: Item): string {
  if (isAtomic(item)) return textOf(item);
  if (item instanceof FunctionItem) throw new QueryError("FOTY0014", "a function, map or array has no string value");
  return stringValue(item);
}
