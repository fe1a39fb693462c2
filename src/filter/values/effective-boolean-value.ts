import type { AtomicValue, Item } from "./item.ts";
import { isAtomic, typeOf } from "./item.ts";
import { FunctionItem } from "./function-item.ts";
import { QueryError } from "./query-error.ts";
import { DecimalValue } from "./decimal-value.ts";
import { FloatValue } from "./float-value.ts";
import { IntegerValue } from "./integer-value.ts";
import { StringValue } from "./string-value.ts";

/**
 * The effective boolean value (XPath 3.1, section 2.4.3), fed with the items one by one.
 *
 * @returns true or false as soon as it is decided; undefined while the next item is needed: after the first atomic value, which has a
 *   value of its own only when nothing follows
 * @throws QueryError FORG0006
 */
export class BooleanValue {
  #only: AtomicValue | undefined;

  /** Takes the next item; true when the answer is true whatever follows. */
  take(item: Item): boolean {
    if (this.#only !== undefined) {
      throw new QueryError(
        "FORG0006",
        `a sequence of several items that begins with a value (${String(typeOf(this.#only))}) is neither true nor false; ` +
          "test it with exists(), or compare it",
      );
    }
    if (isAtomic(item)) {
      this.#only = item;
      return false;
    }
    if (item instanceof FunctionItem) {
      throw new QueryError("FORG0006", "a function, map or array is neither true nor false; compare its content");
    }
    return true;
  }

  /** The answer when there are no more items and none of them decided. */
  get value(): boolean {
    return this.#only !== undefined && atomicBooleanValue(this.#only);
  }
}

function atomicBooleanValue(value: AtomicValue): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return value !== 0 && !Number.isNaN(value);
    case "bigint":
      return value !== 0n;
    default: {
      if (value instanceof StringValue) return value.value !== "";
      if (value instanceof IntegerValue) return value.value !== 0n;
      if (value instanceof DecimalValue) return value.unscaled !== 0n;
      if (value instanceof FloatValue) return value.value !== 0 && !Number.isNaN(value.value);
      throw new QueryError("FORG0006", `a value of type ${String(value.type)} is neither true nor false; compare it`);
    }
  }
}
