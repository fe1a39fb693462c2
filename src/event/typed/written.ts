import type { MadeElement } from "../made-element.ts";
import type { MakerContent } from "../maker-content.ts";

/**
 * What the maker takes for a value that is read as T. Besides T itself these are the other JavaScript values with a lexical
 * form in the lexical space of the type:
 *
 * - numbers: number, bigint and literals of digits; enumerated ones as they are or as literals
 * - decimals and large integers (`${number}`, `${bigint}`): also number and bigint
 * - `xs:dateTime`: also any string and Date
 * - booleans: also "true", "false", "1", "0", 1 and 0
 * - strings: also number and bigint; enumerated ones only as they are
 * - objects: see {@link WrittenObject}; a text alone where all attributes may be left out
 */
export type Written<T> = unknown extends T
  ? MakerContent
  : T extends string
    ? WrittenText<T>
    : T extends number
      ? number extends T
        ? number | bigint | `${number}`
        : T | `${T}`
      : T extends boolean
        ? boolean | "true" | "false" | "0" | "1" | 0 | 1
        : T extends readonly (infer Item)[]
          ? readonly Written<Item>[]
          : T extends object
            ? WrittenObject<T> | WrittenAlone<T>
            : T;

/** Digits as literals, `xs:dateTime` and the like are patterns: a type between one literal and all strings. */
type WrittenText<T extends string> = string extends T
  ? string | number | bigint
  : `${number}-${number}-${number}T${string}` extends T
    ? string | Date
    : `${number}` extends T
      ? T | number | bigint
      : `${bigint}` extends T
        ? T | number | bigint
        : T;

/** An element as an object, its attributes all with the prefix `@` or all without. */
export type WrittenObject<T> =
  WrittenFields<T> | (Extract<keyof T, `@${string}`> extends never ? never : WrittenFields<WithPlainAttributes<T>>);

/** The properties of an object: optional ones may be undefined, fields may be elements that a maker has made already. */
type WrittenFields<T> = {
  readonly [K in keyof T]: WrittenField<T[K], K> | (IsOptional<T, K> extends true ? undefined : never);
};

type WithPlainAttributes<T> = {
  readonly [K in keyof T as K extends `@${infer Name}` ? Name : K]: T[K];
};

type WrittenField<T, K> = unknown extends T
  ? unknown
  : K extends `@${string}` | `#${string}`
    ? Written<T>
    : T extends readonly (infer Item)[]
      ? readonly (Written<Item> | MadeElement<K & string>)[]
      : Written<T> | MadeElement<K & string>;

type WrittenAlone<T> = T extends { readonly "#text": infer Text }
  ? { readonly "#text": unknown } extends Pick<T, RequiredKey<T>>
    ? Written<Text>
    : never
  : never;

type RequiredKey<T> = { readonly [K in keyof T]-?: IsOptional<T, K> extends true ? never : K }[keyof T];

type IsOptional<T, K extends keyof T> = object extends Pick<T, K> ? true : false;
