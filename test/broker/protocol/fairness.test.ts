import { afterEach, describe, expect, it } from "vitest";
import type { EngineOptions, Peer, ReceivedFrame } from "./engine.ts";
import { Engine, flow, on } from "./engine.ts";
import { attachReceiver, BEGIN, frame, frames, OPEN } from "../raw-client.ts";
import { composite } from "./rhea-types.ts";
import type { ScriptedSource } from "./scripted-nodes.ts";

let engine: Engine;

afterEach(async () => {
  await engine.close();
});

async function start(options: EngineOptions = {}): Promise<Peer> {
  engine = await Engine.start(options);
  return engine.peer();
}

/** A consumer's link with credit; gives its source. */
async function consumer(peer: Peer, handle: number, channel = 0): Promise<ScriptedSource> {
  const attach = Buffer.from(attachReceiver({ name: `link ${channel} ${handle}`, handle }));
  attach.writeUInt16BE(channel, 6);
  peer.write(attach);
  await peer.next("attach");
  peer.write(flow({ handle, delivery_count: 0, link_credit: 10_000, incoming_window: 1_000_000 }, channel));
  return engine.nodes.source;
}

/** Reads transfers until that many have come, and tells whose they were. */
async function transfers(peer: Peer, count: number): Promise<readonly ReceivedFrame[]> {
  const read: ReceivedFrame[] = [];
  while (read.length < count) read.push(await peer.next("transfer"));
  return read;
}

/** How many frames of each owner came before every owner had one. */
function beforeAll(owners: readonly unknown[]): ReadonlyMap<unknown, number> {
  const all = new Set(owners).size;
  const seen = new Map<unknown, number>();
  for (const owner of owners) {
    seen.set(owner, (seen.get(owner) ?? 0) + 1);
    if (seen.size === all) break;
  }
  return seen;
}

const LARGE = Buffer.alloc(250_000, "x");
const FRAMES_OF_LARGE = 4;

describe("Links with more to send than the socket takes", () => {
  it("have their turns one after the other, in one session", async () => {
    const peer = await start({ maxOutputBytes: 65_536 });
    const sources = [];
    for (let handle = 0; handle < 12; handle++) sources.push(await consumer(peer, handle));
    for (const source of sources) source.push(...Array.from({ length: 10 }, () => LARGE));
    const read = await transfers(peer, 12 * 10 * FRAMES_OF_LARGE);
    const counts = beforeAll(read.map(({ fields }) => fields["handle"]));
    expect(counts.size).toBe(12);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(2 * FRAMES_OF_LARGE);
  });

  it("have their turns one after the other, in several sessions", async () => {
    const peer = await start({ maxOutputBytes: 65_536 });
    const sources = [];
    for (let channel = 1; channel < 6; channel++) {
      peer.write(on(channel, frames.begin({ next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048 })));
      for (let handle = 0; handle < 3; handle++) sources.push(await consumer(peer, handle, channel));
    }
    for (const source of sources) source.push(...Array.from({ length: 10 }, () => LARGE));
    const read = await transfers(peer, 15 * 10 * FRAMES_OF_LARGE);
    const counts = beforeAll(read.map(({ channel }) => channel));
    expect(counts.size).toBe(5);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(3 * FRAMES_OF_LARGE);
  });
});

describe("A link that is stalled", () => {
  it("because its consumer settles nothing does not hold up the others of its session", async () => {
    const peer = await start({ maxUnsettled: 5 });
    const stalled = await consumer(peer, 0);
    const other = await consumer(peer, 1);
    stalled.push(...Array.from({ length: 20 }, (_, i) => `stalled ${i}`));
    await transfers(peer, 5);
    for (let id = 5; id < 25; id++) {
      other.push(`${id}`);
      const [message] = await transfers(peer, 1);
      expect(message?.fields).toMatchObject({ handle: 1, delivery_id: id });
      peer.write(frame(frames.disposition({ role: true, first: id, settled: true, state: composite(0x24) })));
    }
    peer.write(frame(frames.disposition({ role: true, first: 0, last: 1, settled: true, state: composite(0x24) })));
    const more = await transfers(peer, 2);
    expect(more.map(({ payload }) => payload.toString())).toEqual(["stalled 5", "stalled 6"]);
  });

  it("is not the only bound: a session has one as well", async () => {
    const peer = await start({ maxUnsettled: 5, maxLinks: 20 });
    const sources = [];
    for (let handle = 0; handle < 10; handle++) sources.push(await consumer(peer, handle));
    for (const source of sources) source.push(...Array.from({ length: 20 }, (_, i) => `${i}`));
    expect((await peer.rest()).filter(({ type }) => type === "transfer")).toHaveLength(40);
  });

  it("because its session takes nothing does not hold up other sessions", async () => {
    const peer = await start();
    const stalled = await consumer(peer, 0);
    peer.write(flow({ incoming_window: 0 }));
    peer.write(on(1, frames.begin({ next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048 })));
    const other = await consumer(peer, 0, 1);
    stalled.push(...Array.from({ length: 50 }, () => LARGE));
    for (let i = 0; i < 50; i++) {
      other.push(`${i}`);
      const [message] = await transfers(peer, 1);
      expect([message?.channel, message?.payload.toString()]).toEqual([1, `${i}`]);
    }
  });
});

describe("A client that does not read", () => {
  const MIB = 1024 * 1024;

  it("takes a bounded amount of memory, and none of it afterwards", async () => {
    const peer = await start({ maxOutputBytes: MIB });
    const source = await consumer(peer, 0);
    peer.socket.pause();
    source.push(...Array.from({ length: 200 }, () => LARGE));
    await turns(200);
    const { budget } = engine.context;
    // What the operating system has taken is not the broker's.
    expect(source.queue.length).toBeGreaterThan(0);
    expect(budget.used).toBeGreaterThan(0);
    expect(budget.used).toBeLessThanOrEqual(MIB);
    peer.socket.resume();
    await transfers(peer, 200 * FRAMES_OF_LARGE);
    await peer.rest();
    expect(budget.used).toBe(0);
  });

  it("does not take the memory of those that do", async () => {
    const peer = await start({ maxOutputBytes: 64 * MIB, maxTotalBytes: 3 * MIB });
    const lazy = [peer];
    while (lazy.length < 6) lazy.push(await engine.peer(OPEN, BEGIN));
    for (const [i, client] of lazy.entries()) {
      const source = await consumer(client, i);
      client.socket.pause();
      source.push(...Array.from({ length: 100 }, () => LARGE));
    }
    const reader = await engine.peer();
    const source = await consumer(reader, 9);
    source.push(...Array.from({ length: 100 }, () => LARGE));
    await transfers(reader, 100 * FRAMES_OF_LARGE);
    expect(engine.context.budget.used).toBeLessThanOrEqual(3 * MIB);
    for (const client of lazy) client.socket.destroy();
    await turns(50);
    expect(engine.context.budget.used).toBe(0);
  });

  it("is not read from either, so that its questions do not pile up answers", async () => {
    const peer = await start({ maxOutputBytes: 65_536 });
    const source = await consumer(peer, 0);
    peer.socket.pause();
    const echoes = Buffer.concat(
      Array.from({ length: 1000 }, () => flow({ handle: 0, delivery_count: 0, link_credit: 0, echo: true })),
    );
    source.push(...Array.from({ length: 40 }, () => LARGE));
    await turns(100);
    let taken = 0;
    for (let i = 0; i < 500 && peer.socket.write(echoes); i++) {
      taken++;
      await turns(5);
    }
    expect(taken).toBeLessThan(500);
  });
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}
