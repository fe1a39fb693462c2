import type { AtomicType } from "./atomic-type.ts";
import { ANY_URI, UNTYPED_ATOMIC } from "./atomic-type.ts";
import { TypedValue } from "./item.ts";

/** A value of xs:untypedAtomic, xs:anyURI, or a type derived from xs:string. */
export class StringValue extends TypedValue {
  readonly value: string;

  constructor(type: AtomicType, value: string) {
    super(type);
    this.value = value;
  }

  override toString(): string {
    return this.value;
  }
}

export function untyped(value: string): StringValue {
  return new StringValue(UNTYPED_ATOMIC, value);
}

export function anyUri(value: string): StringValue {
  return new StringValue(ANY_URI, value);
}
