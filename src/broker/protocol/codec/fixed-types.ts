import type { AmqpType, AmqpValue, BigIntType, BytesType, NumberType } from "./amqp-value.ts";

/** One encoding of a type whose values all have the same number of bytes (AMQP 1.0, part 1.6). */
export interface FixedEncoding {
  readonly code: number;
  /** Bytes behind the type code. */
  readonly width: number;
  readonly fits: (value: AmqpValue) => boolean;
  readonly write: (value: AmqpValue) => Buffer;
  /** Reads a value whose bytes are known to be there. */
  readonly read: (bytes: Buffer, at: number) => AmqpValue;
}

/** The encodings of each type of fixed width, from the smallest to the one that every value of the type has. */
export const FIXED_TYPES: Readonly<Partial<Record<AmqpType, readonly FixedEncoding[]>>> = {
  null: [constant(0x40, { type: "null", value: null })],
  boolean: [
    constant(0x41, { type: "boolean", value: true }),
    constant(0x42, { type: "boolean", value: false }),
    {
      code: 0x56,
      width: 1,
      fits: isOf("boolean"),
      write: ({ value }) => Buffer.of(value === true ? 1 : 0),
      read: (bytes, at) => ({ type: "boolean", value: bytes[at] !== 0 }),
    },
  ],
  ubyte: [number(0x50, 1, "ubyte", 0, 0xff, "UInt8")],
  ushort: [number(0x60, 2, "ushort", 0, 0xffff, "UInt16BE")],
  uint: [
    constant(0x43, { type: "uint", value: 0 }),
    number(0x52, 1, "uint", 0, 0xff, "UInt8"),
    number(0x70, 4, "uint", 0, 0xffff_ffff, "UInt32BE"),
  ],
  ulong: [
    constant(0x44, { type: "ulong", value: 0n }),
    {
      code: 0x53,
      width: 1,
      fits: ({ value }) => (value as bigint) >= 0n && (value as bigint) <= 0xffn,
      write: ({ value }) => Buffer.of(Number(value)),
      read: (bytes, at) => ({ type: "ulong", value: BigInt(bytes.readUInt8(at)) }),
    },
    bigint(0x80, "ulong", "BigUInt64BE"),
  ],
  byte: [number(0x51, 1, "byte", -0x80, 0x7f, "Int8")],
  short: [number(0x61, 2, "short", -0x8000, 0x7fff, "Int16BE")],
  int: [number(0x54, 1, "int", -0x80, 0x7f, "Int8"), number(0x71, 4, "int", -0x8000_0000, 0x7fff_ffff, "Int32BE")],
  long: [
    {
      code: 0x55,
      width: 1,
      fits: ({ value }) => (value as bigint) >= -0x80n && (value as bigint) <= 0x7fn,
      write: ({ value }) => Buffer.of(Number(value) & 0xff),
      read: (bytes, at) => ({ type: "long", value: BigInt(bytes.readInt8(at)) }),
    },
    bigint(0x81, "long", "BigInt64BE"),
  ],
  float: [number(0x72, 4, "float", -Infinity, Infinity, "FloatBE")],
  double: [number(0x82, 8, "double", -Infinity, Infinity, "DoubleBE")],
  char: [number(0x73, 4, "char", 0, 0xffff_ffff, "UInt32BE")],
  timestamp: [bigint(0x83, "timestamp", "BigInt64BE")],
  decimal32: [bytes(0x74, 4, "decimal32")],
  decimal64: [bytes(0x84, 8, "decimal64")],
  decimal128: [bytes(0x94, 16, "decimal128")],
  uuid: [bytes(0x98, 16, "uuid")],
};

/** The same encodings by type code. */
export const FIXED_ENCODINGS: ReadonlyMap<number, FixedEncoding> = new Map(
  Object.values(FIXED_TYPES)
    .flat()
    .map((encoding) => [encoding.code, encoding] as const),
);

type Accessor = "UInt8" | "UInt16BE" | "UInt32BE" | "Int8" | "Int16BE" | "Int32BE" | "FloatBE" | "DoubleBE";

function isOf(type: AmqpType): (value: AmqpValue) => boolean {
  return (value) => value.type === type;
}

/** An encoding whose type code is the value. */
function constant(code: number, only: AmqpValue): FixedEncoding {
  return { code, width: 0, fits: ({ value }) => value === only.value, write: () => Buffer.alloc(0), read: () => only };
}

function number(
  code: number,
  width: number,
  type: NumberType,
  least: number,
  most: number,
  accessor: Accessor,
): FixedEncoding {
  const whole = Number.isFinite(most);
  return {
    code,
    width,
    fits: ({ value }) =>
      typeof value === "number" && (!whole || (Number.isInteger(value) && value >= least && value <= most)),
    write: ({ value }) => {
      const written = Buffer.alloc(width);
      written[`write${accessor}`](value as number);
      return written;
    },
    read: (encoded, at) => ({ type, value: encoded[`read${accessor}`](at) }),
  };
}

function bigint(code: number, type: BigIntType, accessor: "BigUInt64BE" | "BigInt64BE"): FixedEncoding {
  const wrapped = (value: bigint): bigint =>
    accessor === "BigUInt64BE" ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
  return {
    code,
    width: 8,
    fits: ({ value }) => typeof value === "bigint" && wrapped(value) === value,
    write: ({ value }) => {
      const written = Buffer.alloc(8);
      written[`write${accessor}`](value as bigint);
      return written;
    },
    read: (encoded, at) => ({ type, value: encoded[`read${accessor}`](at) }),
  };
}

function bytes(code: number, width: number, type: BytesType): FixedEncoding {
  return {
    code,
    width,
    fits: ({ value }) => Buffer.isBuffer(value) && value.length === width,
    write: ({ value }) => value as Buffer,
    read: (encoded, at) => ({ type, value: encoded.subarray(at, at + width) }),
  };
}
