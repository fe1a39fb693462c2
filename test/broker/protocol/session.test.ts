import { afterEach, describe, expect, it } from "vitest";
import { attachReceiver, attachSender, BEGIN, frame, frames, MESSAGE, OPEN } from "../raw-client.ts";
import { Engine, flow, on } from "./engine.ts";
import type { Peer } from "./engine.ts";
import { composite } from "./rhea-types.ts";

let engine: Engine;

afterEach(async () => {
  await engine.close();
});

const TRANSFER = { handle: 0, delivery_id: 0, delivery_tag: Buffer.from("t") };
const NEARLY_OVER = 0xffff_fffd;

function begin(fields: object = {}, channel = 0): Buffer {
  return on(channel, frames.begin({ next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048, ...fields }));
}

function transfer(id: number, fields: object = {}, payload: Buffer = MESSAGE): Buffer {
  return frame(frames.transfer({ ...TRANSFER, delivery_id: id, ...fields }), payload);
}

async function consumer(peer: Peer, credit: number): Promise<void> {
  peer.write(attachReceiver());
  await peer.next("attach");
  peer.write(flow({ handle: 1, link_credit: credit }));
}

describe("A session", () => {
  it("sends no more frames than its peer's window, and goes on with the next flow", async () => {
    engine = await Engine.start();
    const peer = await engine.peer(OPEN, begin({ incoming_window: 2 }));
    peer.write(attachReceiver());
    await peer.next("attach");
    peer.write(flow({ incoming_window: 2, handle: 1, delivery_count: 0, link_credit: 10 }));
    engine.nodes.source.push("a", "b", "c", "d", "e");
    expect((await peer.rest()).map(({ payload }) => payload.toString())).toEqual(["a", "b"]);
    peer.write(flow({ next_incoming_id: 2, incoming_window: 3 }));
    expect((await peer.rest()).map(({ payload }) => payload.toString())).toEqual(["c", "d", "e"]);
  });

  it("goes on with one message where its peer's window ended", async () => {
    engine = await Engine.start();
    const peer = await engine.peer(
      frame(frames.open({ container_id: "c", max_frame_size: 512 })),
      begin({ incoming_window: 1 }),
    );
    peer.write(attachReceiver());
    await peer.next("attach");
    peer.write(flow({ incoming_window: 1, handle: 1, delivery_count: 0, link_credit: 10 }));
    engine.nodes.source.push("x".repeat(1000), "next");
    const first = await peer.next("transfer");
    expect(first.fields["more"]).toBe(true);
    expect(await peer.rest()).toEqual([]);
    peer.write(flow({ next_incoming_id: 1, incoming_window: 100 }));
    const rest = await peer.rest();
    expect(rest.map(({ fields }) => Boolean(fields["more"]))).toEqual([true, false, false]);
    expect(Buffer.concat([first, ...rest].map(({ payload }) => payload)).toString()).toBe(`${"x".repeat(1000)}next`);
    expect(Math.max(...rest.map(({ size }) => size))).toBeLessThanOrEqual(512);
  });

  it("ends when its peer sends more frames than its window", async () => {
    engine = await Engine.start({ publisherCredit: 10_000 });
    const peer = await engine.peer();
    peer.write(attachSender());
    await peer.next("flow");
    const pieces = Array.from({ length: 2049 }, () => transfer(0, { more: true }, Buffer.alloc(1)));
    peer.write(...pieces);
    expect((await peer.next("end")).fields["error"]).toMatchObject({ condition: "amqp:session:window-violation" });
    expect(engine.nodes.target.departures).toEqual(["session-end"]);
  });

  it("opens its window again in time", async () => {
    engine = await Engine.start({ publisherCredit: 10_000 });
    const peer = await engine.peer();
    peer.write(attachSender());
    await peer.next("flow");
    for (let i = 0; i < 5; i++) {
      peer.write(...Array.from({ length: 1024 }, () => transfer(0, { more: true }, Buffer.alloc(300))));
      expect((await peer.next("flow")).fields).toMatchObject({
        next_incoming_id: (i + 1) * 1024,
        incoming_window: 2048,
      });
    }
  });

  it("ends alone: the other sessions of its connection go on", async () => {
    engine = await Engine.start();
    const peer = await engine.peer();
    peer.write(begin({}, 1), on(1, frames.transfer(TRANSFER), MESSAGE));
    const end = await peer.next("end");
    expect([end.channel, (end.fields["error"] as { condition: string }).condition]).toEqual([
      1,
      "amqp:session:unattached-handle",
    ]);
    await consumer(peer, 1);
    engine.nodes.source.push("goes on");
    expect((await peer.next("transfer")).payload.toString()).toBe("goes on");
  });

  it("that the broker ended ignores what was under way, until its peer ends it too and begins anew", async () => {
    engine = await Engine.start();
    const peer = await engine.peer();
    peer.write(flow({ handle: 5 }), attachSender(), transfer(0), flow({ echo: true }));
    await peer.next("end");
    expect(await peer.rest()).toEqual([]);
    expect(engine.nodes.targets).toEqual([]);
    peer.write(frame(frames.end({})), BEGIN, attachSender());
    expect((await peer.until("attach")).map(({ type }) => type)).toEqual(["begin", "attach"]);
  });

  it("that the broker ended and its peer uses for ever closes the connection", async () => {
    engine = await Engine.start();
    const peer = await engine.peer();
    peer.write(flow({ handle: 5 }));
    for (let i = 0; i < 50; i++) peer.write(...Array.from({ length: 100 }, () => flow()));
    expect((await peer.next("close")).fields["error"]).toMatchObject({ condition: "amqp:illegal-state" });
  });

  it("answers an echo, and many of them in one piece with one flow", async () => {
    engine = await Engine.start();
    const peer = await engine.peer();
    await consumer(peer, 7);
    peer.write(
      ...Array.from({ length: 1000 }, () => flow({ echo: true, handle: 1, delivery_count: 0, link_credit: 7 })),
    );
    const flows = await peer.rest();
    expect(flows.length).toBeGreaterThan(0);
    // The bytes may come in a few pieces.
    expect(flows.length).toBeLessThan(20);
    expect(flows.at(-1)?.fields).toMatchObject({ handle: 1, link_credit: 7, delivery_count: 0 });
  });
});

describe("Ids that pass 2^32", () => {
  it("go on with 0 in what the broker sends", async () => {
    engine = await Engine.start({ firstId: NEARLY_OVER });
    const peer = await engine.peer();
    peer.write(attachReceiver());
    expect((await peer.next("attach")).fields["initial_delivery_count"]).toBe(NEARLY_OVER);
    peer.write(flow({ next_incoming_id: NEARLY_OVER, handle: 1, delivery_count: NEARLY_OVER, link_credit: 6 }));
    engine.nodes.source.push("a", "b", "c", "d", "e", "f", "g");
    const sent = await peer.rest();
    expect(sent.map(({ fields }) => fields["delivery_id"])).toEqual([...[-3, -2, -1].map((id) => id >>> 0), 0, 1, 2]);
    expect(new Set(sent.map(({ fields }) => (fields["delivery_tag"] as Buffer).toString("hex"))).size).toBe(6);
    peer.write(frame(frames.disposition({ role: true, first: 0xffff_fffe, last: 1, settled: true, state: ACCEPTED })));
    peer.write(flow({ next_incoming_id: 3, handle: 1, delivery_count: 3, link_credit: 5, drain: true, echo: true }));
    const rest = await peer.rest();
    expect(rest.map(({ type, fields }) => [type, fields["delivery_id"] ?? fields["delivery_count"]])).toEqual([
      ["transfer", 3],
      ["flow", 8],
    ]);
    expect(rest.at(-1)?.fields).toMatchObject({ next_outgoing_id: 4, link_credit: 0 });
    expect(engine.nodes.source.settled.map(({ message }) => message.bytes.toString())).toEqual(["b", "c", "d", "e"]);
  });

  it("go on with 0 in what the broker receives", async () => {
    engine = await Engine.start({ publisherCredit: 4 });
    const peer = await engine.peer(OPEN, begin({ next_outgoing_id: NEARLY_OVER }));
    peer.write(attachSender({ initial_delivery_count: NEARLY_OVER }));
    expect((await peer.next("flow")).fields).toMatchObject({
      next_incoming_id: NEARLY_OVER,
      delivery_count: NEARLY_OVER,
      link_credit: 4,
    });
    peer.write(...[0, 1, 2, 3].map((i) => transfer((NEARLY_OVER + i) >>> 0)));
    const answers = await peer.rest();
    expect(answers.find(({ type }) => type === "disposition")?.fields).toMatchObject({ first: NEARLY_OVER, last: 0 });
    expect(answers.findLast(({ type }) => type === "flow")?.fields).toMatchObject({
      next_incoming_id: 1,
      delivery_count: 1,
      link_credit: 4,
    });
    peer.write(transfer(1));
    expect((await peer.next("disposition")).fields).toMatchObject({ first: 1 });
    expect(engine.nodes.target.published).toHaveLength(5);
  });

  it("are in dispositions of what is not there, until it is too much", async () => {
    engine = await Engine.start();
    const peer = await engine.peer();
    await consumer(peer, 2000);
    engine.nodes.source.push(...Array.from({ length: 2000 }, (_, i) => `${i}`));
    await peer.rest();
    const settle = (first: number, last: number): Buffer =>
      frame(frames.disposition({ role: true, settled: true, first, last, state: ACCEPTED }));
    // A hole in the middle, which is named again and again.
    peer.write(settle(500, 1400));
    await peer.rest();
    const again = settle(500, 1400);
    for (let i = 0; i < 60; i++) peer.write(...Array.from({ length: 100 }, () => again));
    expect((await peer.next("end")).fields["error"]).toMatchObject({ condition: "amqp:resource-limit-exceeded" });
    expect(engine.nodes.source.outcomes).toHaveLength(901);
  });

  it("are in a range of all ids that there are, which costs no more than what is unsettled", async () => {
    engine = await Engine.start({ firstId: NEARLY_OVER });
    const peer = await engine.peer();
    await consumer(peer, 5);
    engine.nodes.source.push("a", "b", "c", "d", "e");
    await peer.next("transfer");
    const half = { role: true, settled: true, state: ACCEPTED };
    // A range is right up to 2^31.
    peer.write(frame(frames.disposition({ ...half, first: 0x9000_0000, last: 0x0fff_ffff })));
    await peer.rest();
    expect(engine.nodes.source.outcomes).toHaveLength(5);
  });
});

const ACCEPTED = composite(0x24);
