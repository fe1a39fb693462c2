import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader } from "../../../src/broker/protocol/frame-reader.ts";
import { ProtocolFault } from "../../../src/broker/protocol/protocol-fault.ts";
import { AMQP_HEADER, rawFrame } from "../raw-client.ts";

describe("The frame reader", () => {
  it("gives the same headers and frames however the bytes are cut", () => {
    const unit = fc.oneof(
      fc.constant(AMQP_HEADER),
      fc.uint8Array({ maxLength: 100 }).map((body) => rawFrame(Buffer.from(body))),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), cuts, (units, sizes) => {
        const bytes = Buffer.concat(units);
        const reader = new FrameReader(108);
        const read: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          read.push(...reader.read(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(units);
      }),
    );
  });

  it.each([
    ["too large", [0, 0, 0, 109], "a frame has the size 109; expected 8 to 108 bytes"],
    ["too small", [0, 0, 0, 7], "a frame has the size 7; expected 8 to 108 bytes"],
    ["of 4 GB", [0xff, 0xff, 0xff, 0xff], "a frame has the size 4294967295; expected 8 to 108 bytes"],
  ])("does not take a frame that is %s, in one piece or byte by byte", (_name, size, message) => {
    const bytes = Buffer.from([...size, 2, 0, 0, 0]);
    const fault = new ProtocolFault("amqp:connection:framing-error", message);
    expect(() => [...new FrameReader(108).read(bytes)]).toThrow(fault);
    const reader = new FrameReader(108);
    expect(() => [...bytes].map((byte) => [...reader.read(Buffer.from([byte]))])).toThrow(fault);
  });

  it("follows a limit that changes between two frames", () => {
    const reader = new FrameReader(8);
    const read: number[] = [];
    for (const { length } of reader.read(Buffer.concat([AMQP_HEADER, rawFrame(Buffer.alloc(92))]))) {
      read.push(length);
      reader.maxFrameBytes = 100;
    }
    expect(read).toEqual([8, 100]);
  });
});
