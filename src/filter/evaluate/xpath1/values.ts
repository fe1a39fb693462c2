import { stringValue } from "../../../xml/index.ts";
import { isAtomic, type Item, type Sequence } from "../../values/item.ts";
import { isNode } from "../../values/match-type.ts";

/**
 * The values of XPath 1.0 (section 1) in the engine's terms: a node-set is a sequence of nodes in document order, the other three types are
 * sequences of one string, number or boolean. An integer is a number: `position()` gives one.
 */
export type BasicValue = string | number | bigint | boolean;

/** `string(object)` (XPath 1.0, section 4.2). */
export function toText(items: Sequence): string {
  const [item] = items;
  return item === undefined ? "" : textOfItem(item);
}

/** `number(object)` (section 4.4). */
export function toNumber(items: Sequence): number {
  const [item] = items;
  return item === undefined ? NaN : numberOfItem(item);
}

export function textOfItem(item: Item): string {
  if (isNode(item)) return stringValue(item);
  if (typeof item === "number") return textOfNumber(item);
  return isAtomic(item) ? item.toString() : "";
}

export function numberOfItem(item: Item): number {
  if (typeof item === "number") return item;
  if (typeof item === "bigint" || typeof item === "boolean") return Number(item);
  return numberOfText(textOfItem(item));
}

/** No sign but minus, no exponent, only the white space of XML around it (section 4.4). */
function numberOfText(text: string): number {
  const trimmed = text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  return /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/.test(trimmed) ? Number(trimmed) : NaN;
}

/** Never with an exponent (section 4.2). */
function textOfNumber(value: number): string {
  if (value === 0) return "0";
  const [, sign = "", digits = "", fraction = "", exponent = ""] = FORM.exec(String(value)) ?? [];
  if (exponent === "") return String(value);
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${"0".repeat(-shift - 1)}${digits}${fraction}`;
  return `${sign}${digits}${fraction.padEnd(shift, "0")}`;
}

/** How JavaScript writes very large and very small numbers. */
const FORM = /^(-?)([0-9])(?:\.([0-9]+))?e([+-][0-9]+)$/;
