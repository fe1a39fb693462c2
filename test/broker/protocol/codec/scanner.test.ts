import fc from "fast-check";
import rhea from "rhea";
import { describe, expect, it } from "vitest";
import { ProtocolFault } from "../../../../src/broker/protocol/protocol-fault.ts";
import { Scanner } from "../../../../src/broker/protocol/codec/scanner.ts";

interface Writer {
  write(value: unknown): void;
  toBuffer(): Buffer;
}

function encode(value: unknown): Buffer {
  const types = rhea.types as unknown as { Writer: new () => Writer; wrap(value: unknown): unknown };
  const writer = new types.Writer();
  writer.write(types.wrap(value));
  return writer.toBuffer();
}

describe("The scanner", () => {
  it.each([
    ["null", "40"],
    ["boolean with a byte", "5601"],
    ["ulong of 8 bytes", "800000000000000001"],
    ["decimal128", "9400000000000000000000000000000000"],
    ["uuid", "9800000000000000000000000000000000"],
    ["binary", "a003010203"],
    ["long string", "b10000000161"],
    ["list8", "c003024041"],
    ["list32", "d0000000050000000140"],
    ["map8", "c10702a10161a10162"],
    ["array of symbols", "e00602a301610162"],
    ["array of described values", "e00702005310520102"],
    ["empty array", "e0020040"],
    ["described value", "00531040"],
    ["value described twice", "00531000531140"],
  ])("passes over a %s", (_name, hex) => {
    const scanner = new Scanner(Buffer.from(hex, "hex"));
    scanner.skip();
    expect(scanner.done).toBe(true);
  });

  it.each([
    ["nothing", "", "1 bytes wanted where 0 are left, at byte 0"],
    ["an unknown type", "46", "the unknown type 0x46, at byte 1"],
    ["a short uint", "700000", "4 bytes wanted where 2 are left, at byte 1"],
    ["a string that is too long", "a10561", "5 bytes wanted where 1 are left, at byte 2"],
    ["a list that is too long", "c0ff0140", "a size of 255 that reaches behind the end, at byte 2"],
    ["a list whose count is too high", "c0020240", "1 bytes wanted where 0 are left, at byte 4"],
    ["a list whose count is too low", "c003014040", "a size that its content does not fill, at byte 4"],
    ["a list that its own list leaves", "c00401c0020140", "a size of 2 that reaches behind the end, at byte 5"],
    ["a map with an odd count", "c1020140", "a map with an odd count, at byte 3"],
    ["an array without elements' type", "e00102", "1 bytes wanted where 0 are left, at byte 3"],
    ["an array of many elements without data", "f000000005ffffffff40", "more than 1024 values, at byte 10"],
    ["a descriptor without value", "005310", "1 bytes wanted where 0 are left, at byte 3"],
  ])("does not pass over %s", (_name, hex, message) => {
    const scanner = new Scanner(Buffer.from(hex, "hex"));
    expect(() => scanner.skip()).toThrow(new ProtocolFault("amqp:decode-error", message));
  });

  it("does not follow values into any depth", () => {
    const nested = (depth: number): Buffer => {
      let bytes = Buffer.from([0x40]);
      for (let i = 0; i < depth; i++) {
        const head = Buffer.from([0xd0, 0, 0, 0, 0, 0, 0, 0, 1]);
        head.writeUInt32BE(bytes.length + 4, 1);
        bytes = Buffer.concat([head, bytes]);
      }
      return bytes;
    };
    new Scanner(nested(32)).skip();
    expect(() => new Scanner(nested(33)).skip()).toThrow("more than 32 values inside each other");
    expect(() => new Scanner(Buffer.alloc(1_000_000, 0)).skip()).toThrow("more than 32 values inside each other");
  });

  it("passes over everything that rhea encodes, to its very end", () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.boolean(),
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.integer(),
        fc.constant(null),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.array(tie("value"), { maxLength: 5 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (generated) => {
        const bytes = encode(generated);
        const scanner = new Scanner(Buffer.concat([bytes, Buffer.from([0x40])]), 0, 100_000);
        scanner.skip();
        expect(scanner.position).toBe(bytes.length);
      }),
    );
  });

  it("answers to any bytes with a fault or a position, and never reads behind the end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const scanner = new Scanner(Buffer.from(bytes));
        try {
          scanner.skip();
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolFault);
        }
        expect(scanner.position).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});
