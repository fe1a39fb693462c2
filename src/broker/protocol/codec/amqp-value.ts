/** A number type that JavaScript's `number` holds without loss. */
export type NumberType = "ubyte" | "ushort" | "uint" | "byte" | "short" | "int" | "float" | "double" | "char";
/** A 64-bit type; a timestamp counts ms since 1970. */
export type BigIntType = "ulong" | "long" | "timestamp";
/** A type whose value is bytes; decimals and UUIDs are not interpreted. */
export type BytesType = "binary" | "decimal32" | "decimal64" | "decimal128" | "uuid";
export type TextType = "string" | "symbol";

/** The name of a primitive type (AMQP 1.0, part 1.6). */
export type AmqpType = "null" | "boolean" | NumberType | BigIntType | BytesType | TextType | "list" | "map" | "array";

/** The elements of an array: all of one type, and described by one descriptor or by none. */
export interface AmqpArray {
  readonly type: "array";
  readonly of: AmqpType;
  readonly descriptor?: AmqpValue;
  readonly value: readonly AmqpValue[];
}

/** Pairs in the order of the encoding; keys may be of any type. */
export interface AmqpMap {
  readonly type: "map";
  readonly value: readonly (readonly [AmqpValue, AmqpValue])[];
}

/** A value that knows its AMQP type, so that encoding what was decoded gives the same value again. */
export type AmqpValue =
  | { readonly type: "null"; readonly value: null }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: BigIntType; readonly value: bigint }
  | { readonly type: BytesType; readonly value: Buffer }
  | { readonly type: TextType; readonly value: string }
  | { readonly type: "list"; readonly value: readonly AmqpValue[] }
  | AmqpMap
  | AmqpArray
  | { readonly type: "described"; readonly descriptor: AmqpValue; readonly value: AmqpValue };

/** The null value; fields of a composite that are left out have it. */
export const NULL: AmqpValue = Object.freeze({ type: "null", value: null });

export function boolean(value: boolean): AmqpValue {
  return { type: "boolean", value };
}

export function ubyte(value: number): AmqpValue {
  return { type: "ubyte", value };
}

export function ushort(value: number): AmqpValue {
  return { type: "ushort", value };
}

export function uint(value: number): AmqpValue {
  return { type: "uint", value };
}

export function ulong(value: bigint): AmqpValue {
  return { type: "ulong", value };
}

export function string(value: string): AmqpValue {
  return { type: "string", value };
}

export function symbol(value: string): AmqpValue {
  return { type: "symbol", value };
}

export function binary(value: Buffer): AmqpValue {
  return { type: "binary", value };
}

export function list(value: readonly AmqpValue[]): AmqpValue {
  return { type: "list", value };
}

/** A list with a numeric descriptor: how composite types are encoded (AMQP 1.0, part 1.4). */
export function composite(code: number, fields: readonly AmqpValue[]): AmqpValue {
  return { type: "described", descriptor: ulong(BigInt(code)), value: list(fields) };
}

/** A map from symbols to strings, as `properties` of an open are. */
export function symbolMap(entries: Readonly<Record<string, string>>): AmqpMap {
  return { type: "map", value: Object.entries(entries).map(([key, value]) => [symbol(key), string(value)] as const) };
}

/** A field that may have several symbols; null when there is none. */
export function symbols(values: readonly string[]): AmqpValue {
  return values.length === 0 ? NULL : { type: "array", of: "symbol", value: values.map(symbol) };
}
