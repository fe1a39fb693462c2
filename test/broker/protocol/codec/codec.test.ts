import fc from "fast-check";
import rhea from "rhea";
import { describe, expect, it } from "vitest";
import type { AmqpValue } from "../../../../src/broker/protocol/codec/amqp-value.ts";
import { decodeValue } from "../../../../src/broker/protocol/codec/decode-value.ts";
import { encodeValue } from "../../../../src/broker/protocol/codec/encode-value.ts";
import { ProtocolFault } from "../../../../src/broker/protocol/protocol-fault.ts";
import { SCALARS, VALUES } from "./values.ts";

interface RheaCodec {
  readonly Reader: new (bytes: Buffer) => { read(): unknown };
  readonly Writer: new () => { write(value: unknown): void; toBuffer(): Buffer };
}

const oracle = rhea.types as unknown as RheaCodec;

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

/** rhea holds a timestamp in a Date, which ends 8.64e15 ms before and after 1970. */
function isOfRhea({ type, value }: AmqpValue): boolean {
  return type !== "timestamp" || (value >= -8_640_000_000_000_000n && value <= 8_640_000_000_000_000n);
}

function many(count: number, value: AmqpValue): readonly AmqpValue[] {
  return Array.from({ length: count }, () => value);
}

const NULL: AmqpValue = { type: "null", value: null };
const BYTES_16 = "000102030405060708090a0b0c0d0e0f";
const LONG_TEXT = "x".repeat(256);
const LONG_HEX = "78".repeat(256);

/** The smallest encoding of each type, and of the values where another one begins (AMQP 1.0, part 1.6). */
const SMALLEST: readonly (readonly [string, AmqpValue, string])[] = [
  ["null", NULL, "40"],
  ["true", { type: "boolean", value: true }, "41"],
  ["false", { type: "boolean", value: false }, "42"],
  ["ubyte", { type: "ubyte", value: 255 }, "50 ff"],
  ["ushort", { type: "ushort", value: 258 }, "60 0102"],
  ["uint 0", { type: "uint", value: 0 }, "43"],
  ["uint 255", { type: "uint", value: 255 }, "52 ff"],
  ["uint 256", { type: "uint", value: 256 }, "70 00000100"],
  ["the largest uint", { type: "uint", value: 0xffff_ffff }, "70 ffffffff"],
  ["ulong 0", { type: "ulong", value: 0n }, "44"],
  ["ulong 255", { type: "ulong", value: 255n }, "53 ff"],
  ["ulong 256", { type: "ulong", value: 256n }, "80 0000000000000100"],
  ["the largest ulong", { type: "ulong", value: 2n ** 64n - 1n }, "80 ffffffffffffffff"],
  ["byte", { type: "byte", value: -1 }, "51 ff"],
  ["short", { type: "short", value: -2 }, "61 fffe"],
  ["int -128", { type: "int", value: -128 }, "54 80"],
  ["int 128", { type: "int", value: 128 }, "71 00000080"],
  ["long -1", { type: "long", value: -1n }, "55 ff"],
  ["long -129", { type: "long", value: -129n }, "81 ffffffffffffff7f"],
  ["float", { type: "float", value: 1.5 }, "72 3fc00000"],
  ["double", { type: "double", value: -2 }, "82 c000000000000000"],
  ["decimal32", { type: "decimal32", value: hex("01020304") }, "74 01020304"],
  ["decimal64", { type: "decimal64", value: hex("0102030405060708") }, "84 0102030405060708"],
  ["decimal128", { type: "decimal128", value: hex(BYTES_16) }, `94 ${BYTES_16}`],
  ["char", { type: "char", value: 0x1f511 }, "73 0001f511"],
  ["timestamp", { type: "timestamp", value: -1n }, "83 ffffffffffffffff"],
  ["uuid", { type: "uuid", value: hex(BYTES_16) }, `98 ${BYTES_16}`],
  ["binary", { type: "binary", value: hex("0102") }, "a0 02 0102"],
  ["long binary", { type: "binary", value: Buffer.from(LONG_TEXT) }, `b0 00000100 ${LONG_HEX}`],
  ["string", { type: "string", value: "ü" }, "a1 02 c3bc"],
  ["long string", { type: "string", value: LONG_TEXT }, `b1 00000100 ${LONG_HEX}`],
  ["symbol", { type: "symbol", value: "a" }, "a3 01 61"],
  ["long symbol", { type: "symbol", value: LONG_TEXT }, `b3 00000100 ${LONG_HEX}`],
  ["empty list", { type: "list", value: [] }, "45"],
  ["list", { type: "list", value: [NULL, { type: "uint", value: 1 }] }, "c0 04 02 40 5201"],
  ["list of 254 bytes", { type: "list", value: many(254, NULL) }, `c0 ff fe ${"40".repeat(254)}`],
  ["list of 255 bytes", { type: "list", value: many(255, NULL) }, `d0 00000103 000000ff ${"40".repeat(255)}`],
  ["empty map", { type: "map", value: [] }, "c1 01 00"],
  ["map", { type: "map", value: [[{ type: "symbol", value: "k" }, NULL]] }, "c1 05 02 a30161 40".replace("61", "6b")],
  [
    "map of 256 bytes",
    { type: "map", value: many(128, NULL).map((v) => [v, v] as const) },
    `d1 00000104 00000100 ${"40".repeat(256)}`,
  ],
  ["array of symbols", { type: "array", of: "symbol", value: [{ type: "symbol", value: "a" }] }, "e0 04 01 a3 01 61"],
  [
    "array of uints that differ in size",
    { type: "array", of: "uint", value: [1, 256].map((value) => ({ type: "uint", value })) },
    "e0 0a 02 70 00000001 00000100",
  ],
  [
    "array of booleans that differ",
    { type: "array", of: "boolean", value: [true, false].map((value) => ({ type: "boolean", value })) },
    "e0 04 02 56 01 00",
  ],
  [
    "array of described values",
    { type: "array", of: "uint", descriptor: { type: "ulong", value: 5n }, value: [{ type: "uint", value: 7 }] },
    "e0 06 01 00 5305 52 07",
  ],
  [
    "array of lists",
    {
      type: "array",
      of: "list",
      value: [
        { type: "list", value: [] },
        { type: "list", value: [NULL] },
      ],
    },
    "e0 13 02 d0 00000004 00000000 00000005 00000001 40",
  ],
  ["empty array", { type: "array", of: "symbol", value: [] }, "e0 02 00 a3"],
  [
    "described value",
    { type: "described", descriptor: { type: "ulong", value: 0x24n }, value: { type: "list", value: [] } },
    "00 5324 45",
  ],
  [
    "value described by a symbol",
    { type: "described", descriptor: { type: "symbol", value: "s" }, value: NULL },
    "00 a30173 40",
  ],
];

/** Encodings that a peer may use although there are smaller ones. */
const LARGER: readonly (readonly [string, AmqpValue, string])[] = [
  ["true with a byte", { type: "boolean", value: true }, "56 01"],
  ["false with a byte", { type: "boolean", value: false }, "56 00"],
  ["uint 1 of 4 bytes", { type: "uint", value: 1 }, "70 00000001"],
  ["uint 0 of 1 byte", { type: "uint", value: 0 }, "52 00"],
  ["ulong 1 of 8 bytes", { type: "ulong", value: 1n }, "80 0000000000000001"],
  ["int 1 of 4 bytes", { type: "int", value: 1 }, "71 00000001"],
  ["long 1 of 8 bytes", { type: "long", value: 1n }, "81 0000000000000001"],
  ["binary with a long size", { type: "binary", value: hex("01") }, "b0 00000001 01"],
  ["string with a long size", { type: "string", value: "a" }, "b1 00000001 61"],
  ["symbol with a long size", { type: "symbol", value: "a" }, "b3 00000001 61"],
  ["empty list8", { type: "list", value: [] }, "c0 01 00"],
  ["empty list32", { type: "list", value: [] }, "d0 00000004 00000000"],
  ["list32", { type: "list", value: [NULL] }, "d0 00000005 00000001 40"],
  ["map32", { type: "map", value: [[NULL, NULL]] }, "d1 00000006 00000002 40 40"],
  ["array32", { type: "array", of: "uint", value: [{ type: "uint", value: 1 }] }, "f0 00000006 00000001 52 01"],
  ["array of nulls", { type: "array", of: "null", value: [NULL, NULL] }, "e0 02 02 40"],
];

describe("A value", () => {
  it.each(SMALLEST)("%s has its smallest encoding", (_name, value, bytes) => {
    expect(encodeValue(value).toString("hex")).toBe(hex(bytes).toString("hex"));
    expect(decodeValue(hex(bytes))).toEqual(value);
  });

  it.each(LARGER)("%s is read as well", (_name, value, bytes) => {
    expect(decodeValue(hex(bytes))).toEqual(value);
  });

  it("is the same after encoding and decoding", () => {
    fc.assert(
      fc.property(VALUES, (value) => {
        const bytes = encodeValue(value);
        const decoded = decodeValue(bytes, 1_000_000);
        expect(decoded).toEqual(value);
        expect(encodeValue(decoded)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(SCALARS))("of the type %s is read by rhea, and read from rhea", (_type, values) => {
    fc.assert(
      fc.property(values.filter(isOfRhea), (value) => {
        const read = new oracle.Reader(encodeValue(value)).read();
        const writer = new oracle.Writer();
        writer.write(read);
        expect(decodeValue(writer.toBuffer())).toEqual(value);
      }),
    );
  });

  it("of lists, maps and described values is read by rhea, and read from rhea", () => {
    const value = fc.oneof(
      fc.array(SCALARS.string, { maxLength: 40 }).map((items) => ({ type: "list", value: items })),
      fc
        .uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 40 })
        .map((keys) => ({ type: "map", value: keys.map((key) => [{ type: "symbol", value: key }, NULL]) })),
    ) as fc.Arbitrary<AmqpValue>;
    fc.assert(
      fc.property(value, (inner) => {
        const described: AmqpValue = { type: "described", descriptor: { type: "ulong", value: 300n }, value: inner };
        const writer = new oracle.Writer();
        writer.write(new oracle.Reader(encodeValue(described)).read());
        expect(decodeValue(writer.toBuffer())).toEqual(described);
      }),
    );
  });

  it.each<[string, AmqpValue]>([
    ["a uint of 2^32", { type: "uint", value: 2 ** 32 }],
    ["a negative ubyte", { type: "ubyte", value: -1 }],
    ["a ulong of 2^64", { type: "ulong", value: 2n ** 64n }],
    ["a uuid of 15 bytes", { type: "uuid", value: Buffer.alloc(15) }],
    ["an array with an element of another type", { type: "array", of: "uint", value: [NULL] }],
  ])("that cannot be is not encoded: %s", (_name, value) => {
    expect(() => encodeValue(value)).toThrow(RangeError);
  });

  it.each([
    ["more than one value", "40 40", "a value is followed by 1 bytes"],
    ["a string that is not UTF-8", "a1 01 ff", "a string is not well-formed UTF-8"],
    [
      "a string with half a character inside a map",
      "c1 06 02 a1 01 c3 40 40".replace("06", "05").replace(" 40 40", " 40"),
      "a string is not well-formed UTF-8",
    ],
    ["an array of four billion nulls", "f0 00000005 ffffffff 40", "more than 1024 values, at byte 10"],
    [
      "a list that says it has four billion items",
      "d0 00000004 ffffffff",
      "1 bytes wanted where 0 are left, at byte 9",
    ],
  ])("is not built from %s", (_name, bytes, message) => {
    expect(() => decodeValue(hex(bytes))).toThrow(new ProtocolFault("amqp:decode-error", message));
  });

  it("is built from any bytes, or refused with a fault", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeValue(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolFault);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("of binary data is a view, not a copy", () => {
    const bytes = hex("a0 02 0102");
    const { value } = decodeValue(bytes);
    expect((value as Buffer).buffer).toBe(bytes.buffer);
  });
});
