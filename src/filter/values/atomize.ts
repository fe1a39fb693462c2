import { XmlComment, XmlProcessingInstruction, stringValue } from "../../xml/index.ts";
import { ArrayItem } from "./array-item.ts";
import { FunctionItem } from "./function-item.ts";
import { isAtomic, type AtomicValue, type Item, type Sequence } from "./item.ts";
import { QueryError } from "./query-error.ts";
import { untyped } from "./string-value.ts";

/**
 * Atomization (XPath 3.1, section 2.4.2) of one item: a node gives its untyped value, an array the values of its members.
 *
 * @returns false when the visitor ended it
 * @throws QueryError FOTY0013 for functions and maps
 */
export function atomize(item: Item, visit: (value: AtomicValue) => boolean): boolean {
  if (isAtomic(item)) return visit(item);
  if (item instanceof ArrayItem) return item.members.every((member) => member.every((each) => atomize(each, visit)));
  if (item instanceof FunctionItem) {
    throw new QueryError("FOTY0013", "a function or map has no value; call it, or look up what is in it");
  }
  // Comments and processing instructions have strings as their typed value (XDM 3.1, sections 6.5.2 and 6.6.2).
  const isString = item instanceof XmlComment || item instanceof XmlProcessingInstruction;
  return visit(isString ? stringValue(item) : untyped(stringValue(item)));
}

/** The atomized sequence. */
export function atomizeAll(items: Sequence): readonly AtomicValue[] {
  if (items.every(isAtomic)) return items;
  const values: AtomicValue[] = [];
  for (const item of items) {
    atomize(item, (value) => {
      values.push(value);
      return true;
    });
  }
  return values;
}

/**
 * The one atomic value of a sequence, or undefined for the empty one.
 *
 * @param what names the sequence in the message
 * @throws QueryError XPTY0004 when there are several
 */
export function atomizeOptional(items: Sequence, what: string, at: number): AtomicValue | undefined {
  const [only] = items;
  if (items.length === 1 && isAtomic(only!)) return only;
  const values = atomizeAll(items);
  if (values.length > 1)
    throw new QueryError("XPTY0004", `${what} has ${values.length} items; expected one at most`, at);
  return values[0];
}
