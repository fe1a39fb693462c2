import { EventEmitter } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import type { Sender } from "rhea";
import { describe, expect, it } from "vitest";
import { OutgoingTransfers, type OutgoingListener } from "../../src/amqp/outgoing-transfers.ts";
import type { SendPort } from "../../src/amqp/pending-sends.ts";

const HEAD = 33;

interface Replaced {
  on_flow(fields: { incoming_window: number; next_incoming_id?: number }): void;
  on_disposition(fields: object): void;
}

/** A sender of rhea as far as it is looked into, on a session whose frames are kept. */
class Link extends EventEmitter {
  readonly written: Buffer[] = [];
  readonly outcomes: [id: number, kind: string][] = [];
  rooms = 0;
  credit = 10;
  delivery_count = 0;
  readonly local = { handle: 5 };
  readonly session: { connection: object; local: object; outgoing: object };
  readonly port: SendPort;

  constructor(maxFrame: number, window: number) {
    super();
    const socket = { writable: true, write: (bytes: Buffer) => this.written.push(bytes) };
    const connection = { socket, max_frame_size: maxFrame };
    this.session = { connection, local: { channel: 3 }, outgoing: { remote_window: window } };
    const listener: OutgoingListener = {
      onRoom: () => this.rooms++,
      onOutcome: (id, { kind }) => this.outcomes.push([id, kind]),
    };
    this.port = OutgoingTransfers.portOf(this as unknown as Sender, listener);
  }

  get replaced(): Replaced {
    return this.session.outgoing as Replaced;
  }

  /** The frames that were written in this turn, one by one. */
  async frames(): Promise<readonly Buffer[]> {
    await turn();
    let bytes = Buffer.concat(this.written.splice(0));
    const frames: Buffer[] = [];
    while (bytes.length > 0) {
      const size = bytes.readUInt32BE(0);
      frames.push(bytes.subarray(0, size));
      bytes = bytes.subarray(size);
    }
    return frames;
  }
}

const accepted = { descriptor: { value: 0x24 }, value: [] };

describe("the sending half of a session", () => {
  it("writes the messages of one turn with one call, each as AMQP says", async () => {
    const link = new Link(65_536, 100);
    expect([link.port.transfer(Buffer.from("one")), link.port.transfer(Buffer.from("two"))]).toEqual([0, 1]);
    await turn();
    expect(link.written).toHaveLength(1);
    expect((await link.frames()).map((frame) => frame.toString("hex"))).toEqual([
      "000000240200000300" + "5314c01406" + "7000000005" + "7000000000" + "a00400000000" + "434242" + "6f6e65",
      "000000240200000300" + "5314c01406" + "7000000005" + "7000000001" + "a00400000001" + "434242" + "74776f",
    ]);
    expect([link.credit, link.delivery_count]).toEqual([8, 2]);
  });

  it("cuts what is larger than a frame, stops at the window, and goes on where it stopped", async () => {
    const link = new Link(512, 2);
    const message = Buffer.from(Array.from({ length: 2_000 }, (_, index) => index % 251));
    link.port.transfer(message);
    const first = await link.frames();
    expect(first).toHaveLength(2);
    expect(link.port.ready()).toBe(false);
    link.replaced.on_flow({ incoming_window: 10, next_incoming_id: 2 });
    const frames = [...first, ...(await link.frames())];
    expect(Buffer.concat(frames.map((frame) => frame.subarray(HEAD)))).toEqual(message);
    expect(frames.map((frame) => frame[HEAD - 1])).toEqual([...frames.slice(1).map(() => 0x41), 0x42]);
    expect(Math.max(...frames.map(({ length }) => length))).toBeLessThanOrEqual(512);
    expect([link.port.ready(), link.rooms]).toEqual([true, 1]);
  });

  it("sends nothing without credit, nor beyond the window, and takes the largest window there is", async () => {
    const link = new Link(512, 1);
    link.port.transfer(Buffer.from("a"));
    expect(link.port.ready()).toBe(false);
    link.replaced.on_flow({ incoming_window: 0xffff_ffff, next_incoming_id: 0 });
    expect(link.port.ready()).toBe(true);
    link.credit = 0;
    expect(link.port.ready()).toBe(false);
    expect(await link.frames()).toHaveLength(1);
  });

  it("ends what it has begun with its link", async () => {
    const link = new Link(512, 1);
    link.port.transfer(Buffer.alloc(2_000));
    await link.frames();
    link.emit("sender_close");
    link.replaced.on_flow({ incoming_window: 10, next_incoming_id: 1 });
    expect(await link.frames()).toEqual([]);
  });

  it("tells each outcome of a range, and settles what the broker has not", async () => {
    const link = new Link(512, 10);
    link.replaced.on_disposition({ first: 0xffff_ffff, last: 1, settled: true, state: accepted });
    expect(link.outcomes.splice(0)).toEqual([0xffff_ffff, 0, 1].map((id) => [id, "accepted"]));
    link.replaced.on_disposition({ first: 7, state: { descriptor: { value: 0x23 }, value: [] } });
    expect([link.outcomes, await link.frames()]).toEqual([[], []]);
    link.replaced.on_disposition({ first: 7, settled: true });
    link.replaced.on_disposition({ first: 8, state: accepted });
    expect(link.outcomes).toEqual([
      [7, "none"],
      [8, "accepted"],
    ]);
    const [frame] = await link.frames();
    expect(frame?.toString("hex")).toBe(
      "0000001e0200000300" + "5315c01105" + "42" + "7000000008" + "7000000008" + "41" + "00532445",
    );
  });

  it("refuses an outcome for billions of deliveries", () => {
    const link = new Link(512, 10);
    expect(() => link.replaced.on_disposition({ first: 5, last: 3, settled: true, state: accepted })).toThrow(
      new RangeError("disposition of deliveries 5 to 3"),
    );
  });
});
