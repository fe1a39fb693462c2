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
 * An element as an object; what a key means, the catalog says:
 *
 * - `name`: the child element of this name, in any order, written in the order of the schema; an array where it may occur
 *   several times, or where its type is a list; `null` for `xsi:nil`. Where there is no such child element, the attribute
 * - `@name`: the attribute of this name
 * - `#text`: the text, for elements with attributes and text
 * - `#content`: mixed content in document order: texts, and objects with one child element each
 */
export interface MakerObject {
  readonly [name: string]: MakerValue;
}

/** The value of one key of a {@link MakerObject}; `undefined` leaves it out. */
export type MakerValue =
  AtomicValue | null | undefined | MadeElement | MakerObject | readonly MakerValue[] | readonly OtherElement[];

/** An element that a wildcard lets in, in the array `#any`: what generated types know of it. */
interface OtherElement {
  readonly [name: string]: unknown;
}

/**
 * One argument of an element factory. Arguments follow one another without a separator; attributes may stand anywhere.
 *
 * - an atomic value: text
 * - an element of the maker: child element; text between elements is mixed content
 * - an array of elements: each becomes a child; the empty array adds nothing
 * - an array of atomic values: a list (`xs:list`), its items separated by one space
 * - a plain object: attributes, or attributes and all of the content
 */
export type MakerContent =
  AtomicValue | MadeElement | readonly MadeElement[] | readonly AtomicValue[] | MakerAttributes | MakerObject;
