import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameGuard } from "../../src/amqp/frame-guard.ts";

const SASL = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");
const AMQP = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");

function frame(size: number): Buffer {
  const bytes = Buffer.alloc(size, 0x41);
  bytes.writeUInt32BE(size);
  return bytes;
}

const CONVERSATION = Buffer.concat([SASL, frame(8), frame(63), AMQP, frame(20), frame(100), frame(8)]);

describe("the frame guard", () => {
  it("lets an AMQP conversation pass, however it is cut into pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(CONVERSATION.length)), (cuts) => {
        const guard = new FrameGuard(100);
        let from = 0;
        for (const to of [...cuts.sort((a, b) => a - b), CONVERSATION.length]) {
          expect(guard.check(CONVERSATION.subarray(from, to))).toBeUndefined();
          from = to;
        }
      }),
    );
  });

  const rows: readonly [title: string, bytes: Buffer, problem: string][] = [
    ["a TLS alert", Buffer.from([0x15, 3, 3, 0, 2, 2, 10]), "speaks TLS; the URL must start with amqps://"],
    ["a TLS handshake", Buffer.from([0x16, 3, 3]), "speaks TLS; the URL must start with amqps://"],
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request"), 'does not speak AMQP (it answered "HTTP")'],
    ["AMQP 0-9-1", Buffer.from("AMQP\x00\x00\x09\x01", "latin1"), "speaks another version of AMQP (0 0 9 1), not 1.0"],
    [
      "a frame above the agreed size",
      Buffer.concat([AMQP, frame(101)]),
      "sent a frame of 101 bytes; 100 was agreed on",
    ],
    [
      "a frame of 2 GB",
      Buffer.concat([AMQP, Buffer.from("7fffffff", "hex")]),
      "sent a frame of 2147483647 bytes; 100 was agreed on",
    ],
    [
      "a frame without header",
      Buffer.concat([AMQP, frame(8), Buffer.from("00000007", "hex")]),
      "sent a frame with the impossible size 7",
    ],
  ];

  it.each(rows)("stops %s", (_title, bytes, problem) => {
    expect(new FrameGuard(100).check(bytes)).toBe(problem);
  });
});
