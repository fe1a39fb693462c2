import type { ElementFactory } from "../element-factory.ts";
import type { MadeElement } from "../made-element.ts";
import type { Written, WrittenObject } from "./written.ts";

/**
 * Makes an element whose content is read as T; what cannot be right does not compile: an element that may not stand below
 * this one, a value outside of an enumeration, a field that is missing or too many in the form of an object.
 */
export type TypedFactory<Name extends string, T> = unknown extends T
  ? ElementFactory<Name>
  : FactoryOfFields<Name, Fields<T>> & FactoryOfText<Name, Exclude<T, Fields<T>>>;

/** What is an element with child elements or attributes, and no list. */
type Fields<T> = Exclude<Extract<T, object>, readonly unknown[]>;

type FactoryOfFields<Name extends string, T> = [T] extends [never]
  ? unknown
  : {
      (fields: ObjectForm<T>): MadeElement<Name>;
      (...content: Positional<Part<T>, AttributesOf<T>>): MadeElement<Name>;
    };

/** For each of several types of one name. */
type ObjectForm<T> = T extends unknown ? WrittenObject<T> : never;

/**
 * Child elements and text one by one, in the order of the schema; attributes before or behind them. Attributes alone are the
 * form of an object, in which nothing may be missing.
 */
type Positional<Item, Attributes> =
  | readonly Item[]
  | readonly [attributes: Attributes, first: Item, ...rest: Item[]]
  | readonly [first: Item, ...rest: Item[], attributes: Attributes];

type FactoryOfText<Name extends string, T> = [T] extends [never]
  ? unknown
  : (
      ...content:
        | readonly [text: Written<Exclude<T, null>>]
        | readonly [attributes: SchemaAttributes, text: Written<Exclude<T, null>>]
        | readonly [text: Written<Exclude<T, null>>, attributes: SchemaAttributes]
        | (string extends T ? readonly [] : never)
        | (null extends T ? readonly [nil: { readonly "xsi:nil": true | "true" }] : never)
    ) => MadeElement<Name>;

/** What may stand in an element: child elements, one by one or in arrays, and text if there can be any. */
type Part<T> =
  | MadeElement<ChildName<T>>
  | readonly MadeElement<ChildName<T>>[]
  | (T extends { readonly "#content": unknown } ? string | number | bigint : never)
  | (T extends { readonly "#text": infer Text } ? Written<Exclude<Text, null>> : never);

type ChildName<T> = T extends { readonly "#content": readonly (infer Item)[] }
  ? FieldName<Extract<Item, object>>
  : FieldName<T>;

/** The child elements by name; all names where a wildcard lets others in. */
type FieldName<T> = T extends unknown
  ? "#any" extends keyof T
    ? string
    : Exclude<keyof T & string, `@${string}` | `#${string}`>
  : never;

/** The attributes of T, by plain name or with the prefix `@`. */
type AttributesOf<T> = T extends unknown
  ? Extract<keyof T, `@${string}`> extends never
    ? SchemaAttributes
    : SchemaAttributes & {
        readonly [K in keyof T as K extends `@${infer Plain}` ? K | Plain : never]?: Written<T[K]> | undefined;
      }
  : never;

/** Attributes that every element may have; a type alias, because only these count as having an index signature. */
type SchemaAttributes = {
  readonly "xsi:nil"?: boolean | "true" | "false" | undefined;
  readonly "xsi:type"?: string | undefined;
};
