import { FLOAT } from "./atomic-type.ts";
import { formatFloat } from "./format-number.ts";
import { TypedValue } from "./item.ts";

/** A value of xs:float: a number of single precision. */
export class FloatValue extends TypedValue {
  readonly value: number;

  constructor(value: number) {
    super(FLOAT);
    this.value = Math.fround(value);
  }

  override toString(): string {
    return formatFloat(this.value);
  }
}
