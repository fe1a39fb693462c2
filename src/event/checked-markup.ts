import { assertXmlCharacters, escapeAttribute, escapeText } from "../xml/index.ts";
import { placeOf } from "./place.ts";

/** Anything that is not plainly a character without a meaning of its own in content; surrogate pairs get the long way. */
const NEEDS_CARE = /[^\t\n\x20-%'-;=?-\uD7FF\uE000-\uFFFD]/;

/**
 * A text as element content: checked and escaped.
 *
 * @throws XqbusError `xqbus:illegal-character` naming the element, the code point and its index.
 */
export function textMarkup(text: string, element: string): string {
  // One scan for the common case; the long way scans once for each of its steps.
  if (!NEEDS_CARE.test(text)) return text;
  assertXmlCharacters(text, placeOf(element));
  return escapeText(text);
}

/**
 * An attribute with the space before it: ` id="7"`, checked and escaped.
 *
 * @throws XqbusError `xqbus:illegal-character` naming element, attribute, code point and index.
 */
export function attributeMarkup(name: string, value: string, element: string): string {
  assertXmlCharacters(value, placeOf(element, name));
  return ` ${name}="${escapeAttribute(value)}"`;
}
