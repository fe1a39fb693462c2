import { DECIMAL } from "./atomic-type.ts";
import { TypedValue } from "./item.ts";

/** A value of xs:decimal: exactly `unscaled / 10^scale`, without trailing zeros behind the point. */
export class DecimalValue extends TypedValue {
  readonly unscaled: bigint;
  /** Digits behind the decimal point, at least 0. */
  readonly scale: number;

  private constructor(unscaled: bigint, scale: number) {
    super(DECIMAL);
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** Takes trailing zeros away. */
  static of(unscaled: bigint, scale: number): DecimalValue {
    let [digits, places] = [unscaled, scale];
    while (places > 0 && digits % 10n === 0n) {
      digits /= 10n;
      places--;
    }
    return new DecimalValue(digits, places);
  }

  override toString(): string {
    if (this.scale === 0) return this.unscaled.toString();
    const isNegative = this.unscaled < 0n;
    const digits = (isNegative ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, "0");
    const point = digits.length - this.scale;
    return `${isNegative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
  }
}
