import { afterEach, describe, expect, it } from "vitest";
import {
  AMQP_HEADER,
  attachReceiver,
  attachSender,
  BEGIN,
  frame,
  frames,
  MESSAGE,
  OPEN,
  rawFrame,
} from "../raw-client.ts";
import { Engine, flow, login, on } from "./engine.ts";
import type { ReceivedFrame } from "./engine.ts";

let engine: Engine;

afterEach(async () => {
  await engine.close();
});

const TRANSFER = { handle: 0, delivery_id: 0, delivery_tag: Buffer.from("t") };

/** A whole conversation that does not wait for any answer. */
const PIPELINE: Buffer = Buffer.concat([
  login(),
  AMQP_HEADER,
  OPEN,
  BEGIN,
  attachSender(),
  attachReceiver(),
  flow({ handle: 1, delivery_count: 0, link_credit: 10 }),
  frame(frames.detach({ handle: 1, closed: true })),
  frame(frames.detach({ handle: 0, closed: true })),
  frame(frames.end({})),
  frame(frames.close({})),
]);

function typesOf(received: readonly ReceivedFrame[]): readonly string[] {
  return received.map(({ type }) => type).filter((type) => type !== "flow");
}

describe("A connection", () => {
  it("may be opened, used and closed without waiting for an answer", async () => {
    engine = await Engine.start();
    const peer = await engine.socket();
    peer.write(PIPELINE);
    expect(typesOf(await peer.until("close"))).toEqual([
      ...["open", "begin", "attach", "attach", "detach", "detach", "end", "close"],
    ]);
    await peer.closed;
  });

  it("is the same when its bytes come one by one", async () => {
    engine = await Engine.start();
    const peer = await engine.socket();
    for (const byte of PIPELINE) {
      peer.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(typesOf(await peer.until("close"))).toEqual([
      ...["open", "begin", "attach", "attach", "detach", "detach", "end", "close"],
    ]);
  });

  it.each(["sym8", "sym32"] as const)("may have its descriptors as symbols (%s)", async (width) => {
    engine = await Engine.start();
    const peer = await engine.socket();
    const symbolic = (name: string, ...rest: readonly Buffer[]): Buffer => {
      const long = Buffer.alloc(5, 0xb3);
      long.writeUInt32BE(name.length, 1);
      const head = width === "sym8" ? Buffer.of(0xa3, name.length) : long;
      return Buffer.concat([Buffer.of(0), head, Buffer.from(name), ...rest]);
    };
    const described = (name: string, fields: readonly Buffer[]): Buffer => {
      const content = Buffer.concat(fields);
      return symbolic(`amqp:${name}:list`, Buffer.of(0xc0, content.length + 1, fields.length), content);
    };
    const [NONE, YES, NO, ZERO] = [Buffer.of(0x40), Buffer.of(0x41), Buffer.of(0x42), Buffer.of(0x43)];
    const text = (value: string): Buffer => Buffer.from([0xa1, value.length, ...Buffer.from(value)]);
    const small = (value: number): Buffer => Buffer.of(0x52, value);
    const source = described("source", [text("address")]);
    const target = described("target", [text("address")]);
    const body = symbolic("amqp:data:binary", Buffer.from([0xa0, 1, 33]));
    peer.write(login(), AMQP_HEADER);
    peer.write(
      rawFrame(described("open", [text("symbols")])),
      rawFrame(described("begin", [NONE, ZERO, small(9), small(9)])),
    );
    peer.write(rawFrame(described("attach", [text("out"), ZERO, NO, NONE, NONE, NONE, target, NONE, NONE, ZERO])));
    peer.write(rawFrame(described("attach", [text("in"), small(1), YES, NONE, NONE, source])));
    peer.write(rawFrame(described("flow", [ZERO, small(9), ZERO, small(9), small(1), ZERO, small(2)])));
    const tag = Buffer.from([0xa0, 1, 0]);
    peer.write(rawFrame(Buffer.concat([described("transfer", [ZERO, ZERO, tag]), body])));
    expect((await peer.next("disposition")).fields).toMatchObject({ first: 0, settled: true });
    expect(engine.nodes.target.published).toEqual([body.toString("latin1")]);
    engine.nodes.source.push("out");
    await peer.next("transfer");
    const accepted = described("accepted", []);
    peer.write(rawFrame(described("disposition", [YES, ZERO, ZERO, YES, accepted])));
    peer.write(rawFrame(described("detach", [ZERO, YES])), rawFrame(described("end", [])));
    peer.write(rawFrame(described("close", [])));
    expect(typesOf(await peer.until("close"))).toEqual(["detach", "end", "close"]);
    expect(engine.nodes.source.outcomes).toEqual([{ kind: "accepted" }]);
  });

  it("tells its limits", async () => {
    engine = await Engine.start({ maxFrameBytes: 4096, maxSessions: 16, maxLinks: 20, idleTimeoutMs: 8000 });
    const peer = await engine.socket();
    peer.write(login(), AMQP_HEADER, OPEN, BEGIN);
    const { fields } = await peer.next("open");
    expect(fields).toMatchObject({
      container_id: "engine",
      max_frame_size: 4096,
      channel_max: 15,
      idle_time_out: 4000,
    });
    expect((await peer.next("begin")).fields).toMatchObject({ remote_channel: 0, handle_max: 19 });
  });

  it("gets heartbeats within the client's idle time-out, and none when there is other traffic anyway", async () => {
    engine = await Engine.start();
    const peer = await engine.peer(frame(frames.open({ container_id: "c", idle_time_out: 150 })));
    await peer.next("heartbeat");
    await peer.next("heartbeat");
  });

  it("is closed with a reason when the client is silent", async () => {
    engine = await Engine.start({ idleTimeoutMs: 1000 });
    const peer = await engine.peer();
    expect((await peer.next("close")).fields["error"]).toMatchObject({ condition: "amqp:resource-limit-exceeded" });
    await peer.closed;
  });

  it("lives while heartbeats come", async () => {
    engine = await Engine.start({ idleTimeoutMs: 1000 });
    const peer = await engine.peer();
    const beat = setInterval(() => peer.write(Buffer.from([0, 0, 0, 8, 2, 0, 0, 0])), 200);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect(await peer.rest()).toEqual([]);
    clearInterval(beat);
  });

  it("is closed with a description that fits into the smallest frame", async () => {
    engine = await Engine.start();
    const peer = await engine.peer(frame(frames.open({ container_id: "c", max_frame_size: 512 })));
    peer.write(attachReceiver());
    await peer.next("attach");
    engine.nodes.source.link.close({ condition: "x:long", description: "ü".repeat(1000) });
    const { fields, size } = await peer.next("detach");
    expect(size).toBeLessThan(512);
    const { description } = fields["error"] as { description: string };
    expect(description).toMatch(/^ü{180,}…$/);
  });

  it("whose client cannot take an answer because of its max-frame-size is closed", async () => {
    engine = await Engine.start();
    const peer = await engine.peer(frame(frames.open({ container_id: "c", max_frame_size: 512 })));
    peer.write(attachReceiver({ name: "n".repeat(600) }));
    expect((await peer.next("close")).fields["error"]).toMatchObject({ condition: "amqp:frame-size-too-small" });
  });

  it("with a channel above the client's own channel-max is closed", async () => {
    engine = await Engine.start();
    const peer = await engine.peer(frame(frames.open({ container_id: "c", channel_max: 1 })));
    peer.write(on(2, frames.begin({ next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 })));
    expect((await peer.next("close")).fields["error"]).toMatchObject({ description: "channel is 2; the largest is 1" });
  });

  it("answers what comes in one piece with one piece", async () => {
    engine = await Engine.start();
    const peer = await engine.peer();
    peer.write(attachSender());
    await peer.next("flow");
    const pieces: Buffer[] = [];
    peer.socket.on("data", (bytes: Buffer) => pieces.push(bytes));
    const transfer = (id: number): Buffer => frame(frames.transfer({ ...TRANSFER, delivery_id: id }), MESSAGE);
    peer.write(...Array.from({ length: 100 }, (_, id) => transfer(id)));
    const disposition = await peer.next("disposition");
    expect(disposition.fields).toMatchObject({ role: true, first: 0, last: 99, settled: true });
    expect(pieces).toHaveLength(1);
  });
});
