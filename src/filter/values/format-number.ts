/**
 * The canonical form of xs:double (Functions and Operators 3.1, section 19.1.2.2): decimal notation for absolute values from
 * 0.000001 to below 1000000, else a mantissa with at least one digit behind the point and an exponent: `1.0E6`.
 */
export function formatDouble(value: number): string {
  return format(value, String(Math.abs(value)));
}

/** The canonical form of xs:float: the shortest digits that read back as the same float. */
export function formatFloat(value: number): string {
  const size = Math.abs(value);
  let digits = String(size);
  for (let precision = 1; precision <= 9 && Number.isFinite(size); precision++) {
    digits = size.toPrecision(precision);
    if (Math.fround(Number(digits)) === size) break;
  }
  return format(value, String(Number(digits)));
}

function format(value: number, written: string): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}INF`;
  if (size === 0) return `${sign}0`;
  const { digits, exponent } = scientific(written);
  if (exponent >= -6 && exponent < 6) return sign + plain(digits, exponent);
  return `${sign}${digits[0]!}.${digits.slice(1) || "0"}E${exponent}`;
}

/** `0.00123` is the digits `123` with the exponent -3. */
function scientific(written: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = "", power = "0"] = written.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = (whole + fraction).replace(/^0+/, "");
  const leading = (whole + fraction).length - all.length;
  return { digits: all.replace(/0+$/, ""), exponent: Number(power) + whole.length - leading - 1 };
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
