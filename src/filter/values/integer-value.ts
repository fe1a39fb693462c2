import type { AtomicType } from "./atomic-type.ts";
import { TypedValue } from "./item.ts";

/** A value of a type derived from xs:integer, such as xs:int; arithmetic gives plain integers again. */
export class IntegerValue extends TypedValue {
  readonly value: bigint;

  constructor(type: AtomicType, value: bigint) {
    super(type);
    this.value = value;
  }

  override toString(): string {
    return this.value.toString();
  }
}
