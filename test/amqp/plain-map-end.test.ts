import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainMapEnd } from "../../src/amqp/plain-map-end.ts";
import { ValueReader } from "../../src/amqp/value-reader.ts";

/** A map8 of these encoded items. */
function map8(...items: readonly (readonly number[])[]): Uint8Array {
  const content = items.flat();
  return Uint8Array.of(0xc1, content.length + 1, items.length, ...content);
}

const text = (value: string): number[] => [0xa1, value.length, ...Buffer.from(value, "latin1")];

describe("the end of a plain map", () => {
  it.each<[string, Uint8Array]>([
    ["without entries", map8()],
    ["of texts", map8(text("a"), text("b"), text(""), text("c"))],
    ["of numbers, booleans, times and null", map8(text("a"), [0x55, 1], text("b"), [0x41], text("c"), [0x40])],
    ["of wide values", map8(text("a"), [0x81, 0, 0, 0, 0, 0, 0, 0, 1], text("b"), [0x71, 0, 0, 0, 1])],
    ["with four bytes for its size", Uint8Array.of(0xd1, 0, 0, 0, 8, 0, 0, 0, 2, ...text("a"), 0x40)],
  ])("is that of the reader for a map %s", (_, bytes) => {
    const reader = new ValueReader(bytes);
    reader.read();
    expect(plainMapEnd(bytes, 0, bytes.length)).toBe(reader.position);
  });

  it.each<[string, Uint8Array]>([
    ["no map", Uint8Array.of(...text("a"))],
    ["an odd count", map8(text("a"))],
    ["a name that is no text", map8([0x55, 1], text("a"))],
    ["a text beyond ASCII", map8(text("a"), [0xa1, 1, 0xff])],
    ["a nested list", map8(text("a"), [0x45])],
    ["a character", map8(text("a"), [0x73, 0xff, 0xff, 0xff, 0xff])],
    ["a size that reaches behind the end", Uint8Array.of(0xc1, 9, 2, ...text("a"), 0x40)],
    ["a text that reaches behind the map", Uint8Array.of(0xc1, 5, 2, ...text("a"), 0xa1, 9)],
    ["bytes behind its entries", Uint8Array.of(0xc1, 6, 2, ...text("a"), 0x40, 0x40)],
    ["nothing", new Uint8Array()],
  ])("is not known for %s", (_, bytes) => {
    expect(plainMapEnd(bytes, 0, bytes.length)).toBeUndefined();
  });

  it("is known only where the reader reads a map up to there", () => {
    const item = fc.oneof(
      fc.string({ maxLength: 3 }).map((value) => text(value.replace(/[^ -~]/gu, "x"))),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => [...bytes]),
    );
    const bytes = fc.oneof(
      fc.array(item, { maxLength: 6 }).map((items) => map8(...items)),
      fc.uint8Array({ minLength: 1, maxLength: 12 }).map((content) => Uint8Array.of(0xc1, ...content)),
    );
    fc.assert(
      fc.property(bytes, (encoded) => {
        const end = plainMapEnd(encoded, 0, encoded.length);
        if (end === undefined) return;
        const reader = new ValueReader(encoded);
        expect(reader.read()).toBeInstanceOf(Map);
        expect(reader.position).toBe(end);
      }),
      { numRuns: 5_000 },
    );
  });
});
