import fc from "fast-check";
import type { AmqpType, AmqpValue } from "../../../../src/broker/protocol/codec/amqp-value.ts";

/** Any value of a type that is neither compound nor described. */
export const SCALARS: Readonly<Record<Exclude<AmqpType, "list" | "map" | "array">, fc.Arbitrary<AmqpValue>>> = {
  null: fc.constant({ type: "null", value: null }),
  boolean: fc.boolean().map((value) => ({ type: "boolean", value })),
  ubyte: numbers("ubyte", 0, 0xff),
  ushort: numbers("ushort", 0, 0xffff),
  uint: numbers("uint", 0, 0xffff_ffff),
  byte: numbers("byte", -0x80, 0x7f),
  short: numbers("short", -0x8000, 0x7fff),
  int: numbers("int", -0x8000_0000, 0x7fff_ffff),
  char: numbers("char", 0, 0x10_ffff),
  float: fc.float().map((value) => ({ type: "float", value })),
  double: fc.double().map((value) => ({ type: "double", value })),
  ulong: bigints("ulong", 0n, 2n ** 64n - 1n),
  long: bigints("long", -(2n ** 63n), 2n ** 63n - 1n),
  timestamp: bigints("timestamp", -(2n ** 63n), 2n ** 63n - 1n),
  binary: bytes("binary", 0, 300),
  decimal32: bytes("decimal32", 4, 4),
  decimal64: bytes("decimal64", 8, 8),
  decimal128: bytes("decimal128", 16, 16),
  uuid: bytes("uuid", 16, 16),
  string: fc.string({ unit: "grapheme", maxLength: 300 }).map((value) => ({ type: "string", value })),
  symbol: fc.stringMatching(/^[ -~]{0,300}$/).map((value) => ({ type: "symbol", value })),
};

/** Any value, with lists, maps, arrays and described values up to some depth. */
export const VALUES: fc.Arbitrary<AmqpValue> = fc.letrec<{ value: AmqpValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    ...Object.values(SCALARS),
    fc.array(tie("value"), { maxLength: 6 }).map((value) => ({ type: "list", value }) as const),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((value) => ({ type: "map", value }) as const),
    fc
      .tuple(fc.oneof(SCALARS.ulong, SCALARS.symbol), tie("value"))
      .map(([descriptor, value]) => ({ type: "described", descriptor, value }) as const),
    fc.constantFrom(...Object.entries(SCALARS)).chain(arrayOf),
  ),
})).value;

function arrayOf([of, element]: [string, fc.Arbitrary<AmqpValue>]): fc.Arbitrary<AmqpValue> {
  const value = fc.array(element, { maxLength: 6 });
  const array = value.map((elements) => ({ type: "array", of: of as AmqpType, value: elements }) as const);
  return fc.oneof(
    array,
    fc.tuple(array, SCALARS.ulong).map(([plain, descriptor]) => ({ ...plain, descriptor })),
  );
}

function numbers(type: AmqpType, min: number, max: number): fc.Arbitrary<AmqpValue> {
  const edges = [min, max, 0, 1, 127, 128, 255, 256, -1, -128, -129].filter((edge) => edge >= min && edge <= max);
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(...edges)).map((value) => ({ type, value }) as AmqpValue);
}

function bigints(type: AmqpType, min: bigint, max: bigint): fc.Arbitrary<AmqpValue> {
  const edges = [min, max, 0n, 1n, 127n, 128n, 255n, 256n, -1n, -128n, -129n].filter(
    (edge) => edge >= min && edge <= max,
  );
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(...edges)).map((value) => ({ type, value }) as AmqpValue);
}

function bytes(type: AmqpType, minLength: number, maxLength: number): fc.Arbitrary<AmqpValue> {
  return fc.uint8Array({ minLength, maxLength }).map((value) => ({ type, value: Buffer.from(value) }) as AmqpValue);
}
