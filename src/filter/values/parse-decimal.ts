import { DecimalValue } from "./decimal-value.ts";

/** Reads the lexical form of xs:decimal (XML Schema part 2, section 3.2.3.1), white space taken away before; undefined when it is none. */
export function parseDecimal(text: string): DecimalValue | undefined {
  const [, sign, whole, fraction, onlyFraction] = DECIMAL.exec(text) ?? [];
  if (whole === undefined && onlyFraction === undefined) return undefined;
  const behind = fraction ?? onlyFraction ?? "";
  const digits = BigInt(`${whole ?? ""}${behind}`);
  return DecimalValue.of(sign === "-" ? -digits : digits, behind.length);
}

const DECIMAL = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))$/;
