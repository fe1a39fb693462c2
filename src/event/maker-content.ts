import type { MadeElement } from "./made-element.ts";

/**
 * A value that XML Schema has a lexical form for:
 * string as it is, boolean `true`/`false`, number and bigint in decimal notation, Date as `xs:dateTime` in UTC.
 */
export type AtomicValue = string | number | bigint | boolean | Date;

/**
 * Attributes of an element by name; `undefined` leaves the attribute out.
 *
 * A name has no colon, except `xsi:nil`, `xsi:type`, `xml:lang` and `xml:space`.
 */
export interface MakerAttributes {
  readonly [name: string]: AtomicValue | undefined;
}

/**
 * One argument of an element factory. Arguments follow one another without a separator; attributes may stand anywhere.
 *
 * - an atomic value: text
 * - an element of the maker: child element; text between elements is mixed content
 * - an array of elements: each becomes a child; the empty array adds nothing
 * - an array of atomic values: a list (`xs:list`), its items separated by one space
 * - a plain object: attributes
 */
export type MakerContent =
  AtomicValue | MadeElement | readonly MadeElement[] | readonly AtomicValue[] | MakerAttributes;
