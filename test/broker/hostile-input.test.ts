import { createRequire } from "node:module";
import rhea from "rhea";
import type { MockInstance } from "vitest";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { generator } from "./fuzz-frames.ts";
import {
  AMQP_HEADER,
  attachReceiver,
  attachSender,
  BEGIN,
  frame,
  frames,
  login,
  MESSAGE,
  OPEN,
  RawClient,
  rawFrame,
  SASL_HEADER,
  sessionStart,
} from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";

interface Outcomes {
  modified(fields: object): { described(): object };
}

const outcomes = createRequire(import.meta.url)("rhea/lib/message.js") as Outcomes;
const printing: MockInstance[] = [];

let broker: Broker;

beforeAll(async () => {
  broker = await startBroker({ maxLinks: 16, maxSessions: 4 });
});

afterAll(async () => {
  await broker.close();
});

beforeEach(() => {
  for (const method of ["debug", "error", "info", "log", "trace", "warn"] as const) {
    printing.push(vi.spyOn(console, method));
  }
  printing.push(vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write"));
});

afterEach(async () => {
  const printed = printing.flatMap(({ mock }) => mock.calls);
  vi.restoreAllMocks();
  printing.length = 0;
  expect(printed).toEqual([]);
  await expectService(broker);
});

/** Another client logs in, and a message of it arrives. */
async function expectService(served: Broker): Promise<void> {
  const client = await RheaClient.connect(served.url());
  const receiver = await client.receiver("service");
  receiver.credit(1);
  const sender = await client.sender("service");
  expect(await sender.send("still here")).toEqual({ outcome: "accepted" });
  expect((await receiver.next()).body).toBe("still here");
  await client.close();
}

const TRANSFER = { handle: 0, delivery_id: 0, delivery_tag: Buffer.from("t"), message_format: 0 };
const FLOW = { next_incoming_id: 0, incoming_window: 100, next_outgoing_id: 0, outgoing_window: 100 };

/** A performative with this descriptor and these encoded fields, in a list32 with that count. */
function performative(descriptor: number, count: number, fields: Buffer): Buffer {
  const head = Buffer.from([0x00, 0x53, descriptor, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(fields.length + 4, 4);
  head.writeUInt32BE(count, 8);
  return rawFrame(Buffer.concat([head, fields]));
}

function repeated(count: number, make: (i: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
}

describe("Before the login is over", () => {
  it.each<[string, () => Buffer]>([
    ["a frame of 2 GB", () => Buffer.concat([SASL_HEADER, Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 1, 0, 0])])],
    ["a frame of 7 bytes", () => Buffer.concat([SASL_HEADER, Buffer.from([0, 0, 0, 7, 2, 1, 0, 0])])],
    ["a SASL frame of 4097 bytes", () => Buffer.concat([SASL_HEADER, rawFrame(Buffer.alloc(4089), 1)])],
    ["an AMQP frame", () => Buffer.concat([SASL_HEADER, OPEN])],
    ["a frame without a body", () => Buffer.concat([SASL_HEADER, rawFrame(Buffer.alloc(0), 1)])],
    ["a data offset of 1", () => Buffer.concat([SASL_HEADER, rawFrame(Buffer.from([0x40]), 1, 1)])],
    ["a data offset behind the end", () => Buffer.concat([SASL_HEADER, rawFrame(Buffer.from([0x40]), 1, 255)])],
    ["an HTTP request", () => Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["a TLS handshake", () => Buffer.from("16030100c8010000c40303", "hex")],
    ["AMQP 0-9-1", () => Buffer.from("AMQP\x00\x00\x09\x01", "latin1")],
    ["zeros", () => Buffer.alloc(100_000)],
    ["garbage", () => Buffer.alloc(100_000, 0xa5)],
  ])("%s closes the connection", async (_name, bytes) => {
    const client = await RawClient.connect(broker);
    client.write(bytes());
    const answer = await client.closed;
    expect(answer.toString("latin1")).not.toContain("xqbus");
  });

  it.each<[string, Buffer]>([
    ["silence", Buffer.alloc(0)],
    ["half a header", SASL_HEADER.subarray(0, 5)],
    ["half a frame", Buffer.concat([SASL_HEADER, Buffer.from([0, 0, 0, 50, 2, 1, 0, 0, 0x00, 0x53])])],
  ])("%s closes the connection after a while", async (_name, bytes) => {
    await using impatient = await startBroker({ handshakeTimeoutMs: 30 });
    const client = await RawClient.connect(impatient);
    client.write(bytes);
    await client.closed;
    expect(impatient.counts.connections).toBe(0);
  });

  it("a login that is not followed by an open closes the connection after a while", async () => {
    await using impatient = await startBroker({ handshakeTimeoutMs: 30 });
    const client = await RawClient.connect(impatient);
    client.write(login(impatient), AMQP_HEADER);
    await client.closed;
  });
});

describe("After the login", () => {
  it.each<[string, string, () => Buffer]>([
    ["a frame of 2 GB", "amqp:connection:framing-error", () => Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0])],
    ["a SASL frame", "amqp:connection:framing-error", () => rawFrame(Buffer.from([0x00, 0x53, 0x41, 0x45]), 1)],
    ["a data offset of 0", "amqp:connection:framing-error", () => rawFrame(Buffer.alloc(1), 0, 0)],
    ["another protocol header", "amqp:connection:framing-error", () => AMQP_HEADER],
    ["an unknown performative", "amqp:decode-error", () => performative(0x19, 0, Buffer.alloc(0))],
    ["a value that is not described", "amqp:decode-error", () => rawFrame(Buffer.from([0x45]))],
    ["a count of 4294967295", "amqp:decode-error", () => performative(0x13, 0xffff_ffff, Buffer.from([0x43]))],
    [
      "an array of 4294967295 elements without data",
      "amqp:decode-error",
      () => performative(0x10, 8, Buffer.from("a1017840404040404040f00000000 5ffffffff41".replace(" ", ""), "hex")),
    ],
    [
      "lists in lists in lists",
      "amqp:decode-error",
      () => performative(0x18, 1, Buffer.alloc(60_000, Buffer.from([0xc0, 0xff, 1]))),
    ],
    ["descriptors of descriptors", "amqp:decode-error", () => rawFrame(Buffer.alloc(60_000, 0))],
    [
      "a field of the wrong type",
      "amqp:decode-error",
      () => performative(0x12, 3, Buffer.from("a10178a1013042", "hex")),
    ],
    ["a field that is missing", "amqp:decode-error", () => performative(0x12, 1, Buffer.from("a10178", "hex"))],
    ["a payload behind an attach", "amqp:decode-error", () => frame(frames.attach(ATTACH), Buffer.from("payload"))],
    [
      "a transactional state",
      "amqp:not-implemented",
      () => performative(0x15, 5, Buffer.from("4143404000533445", "hex")),
    ],
    ["a second open", "amqp:illegal-state", () => OPEN],
    ["a second begin", "amqp:not-allowed", () => BEGIN],
    ["a begin that answers none", "amqp:not-allowed", () => beginOn(1, { remote_channel: 0, ...WINDOWS })],
    ["a begin on a high channel", "amqp:connection:framing-error", () => beginOn(4, WINDOWS)],
    ["a frame for a channel without session", "amqp:not-allowed", () => onChannel(3, frames.flow(FLOW))],
    ["a transfer without attach", "amqp:session:unattached-handle", () => frame(frames.transfer(TRANSFER), MESSAGE)],
    ["a flow without attach", "amqp:session:unattached-handle", () => frame(frames.flow({ ...FLOW, handle: 9 }))],
    ["a detach without attach", "amqp:session:unattached-handle", () => frame(frames.detach({ handle: 9 }))],
    [
      "a transfer to a link that sends",
      "amqp:not-allowed",
      () => Buffer.concat([attachReceiver(), frame(frames.transfer({ ...TRANSFER, handle: 1 }), MESSAGE)]),
    ],
    ["a high handle", "amqp:connection:framing-error", () => attachSender({ handle: 16 })],
    ["the same handle twice", "amqp:session:handle-in-use", () => repeated(2, (i) => attachSender({ name: `l${i}` }))],
    ["the same name twice", "amqp:not-allowed", () => repeated(2, (i) => attachSender({ handle: i }))],
    ["an empty name", "amqp:invalid-field", () => attachSender({ name: "" })],
    ["a long name", "amqp:invalid-field", () => attachSender({ name: "x".repeat(1025) })],
    [
      "a delivery without an id",
      "amqp:invalid-field",
      () => Buffer.concat([attachSender(), frame(frames.transfer({ handle: 0 }), MESSAGE)]),
    ],
    [
      "a delivery-id that leaves some out",
      "amqp:illegal-state",
      () =>
        Buffer.concat([
          attachSender(),
          frame(frames.transfer(TRANSFER), MESSAGE),
          frame(frames.transfer({ ...TRANSFER, delivery_id: 5 }), MESSAGE),
        ]),
    ],
  ])("%s closes the connection with %s", async (_name, condition, bytes) => {
    const client = await RawClient.connect(broker);
    client.write(sessionStart(broker), bytes());
    client.socket.end();
    expect((await client.closed).toString("latin1")).toContain(condition);
  });

  it.each<[string, string, object]>([
    ["max-frame-size is 1", "max-frame-size is 1; expected at least 512", { container_id: "c", max_frame_size: 1 }],
    [
      "idle-time-out is 1 ms",
      "idle-time-out is 1 ms; expected 0 or at least 100",
      { container_id: "c", idle_time_out: 1 },
    ],
  ])("an open closes the connection when its %s", async (_name, description, fields) => {
    const client = await RawClient.connect(broker);
    client.write(login(broker), AMQP_HEADER, frame(frames.open(fields)));
    expect((await client.closed).toString("latin1")).toContain(description);
  });

  it.each<[string, (served: Broker) => Buffer]>([
    ["a frame before open", () => BEGIN],
    ["garbage instead of the header", () => Buffer.alloc(100, 0x41)],
    ["a frame instead of the header", () => OPEN],
  ])("%s closes the connection", async (_name, bytes) => {
    const client = await RawClient.connect(broker);
    client.write(login(broker), _name === "a frame before open" ? AMQP_HEADER : Buffer.alloc(0), bytes(broker));
    await client.closed;
  });

  it.each<[string, () => Buffer]>([
    ["half a frame", () => attachSender().subarray(0, 30)],
    ["half a message", () => halfMessage()],
    ["a disposition of all deliveries there can be", () => disposeAll()],
    ["dispositions of deliveries that were not sent yet", () => Buffer.concat([disposeAll(), attachReceiver()])],
    ["the drain of credit that nobody gave", () => Buffer.concat([attachSender(), drain(0)])],
    ["the drain of all credit there can be, again and again", () => drainAll()],
    ["a link named __proto__", () => attachSender({ name: "__proto__" })],
    ["ten thousand heartbeats", () => repeated(10_000, () => rawFrame(Buffer.alloc(0)))],
    ["ten thousand flows", () => repeated(10_000, () => frame(frames.flow({ ...FLOW, echo: true })))],
    ["ten thousand links one after the other", () => repeated(10_000, attachAndDetach)],
    ["ten thousand sessions one after the other", () => repeated(10_000, beginAndEnd)],
    ["ten thousand refused links one after the other", () => repeated(10_000, attachRefused)],
    [
      "messages for a link that was refused",
      () => Buffer.concat([attachSender({ target: undefined }), ...someTransfers()]),
    ],
    ["a thousand aborted messages", () => Buffer.concat([attachSender(), repeated(1000, abortedTransfer)])],
    ["a detach in the middle of a message", () => Buffer.concat([halfMessage(), frame(frames.detach({ handle: 0 }))])],
    ["the end of a session in the middle of a message", () => Buffer.concat([halfMessage(), frame(frames.end({}))])],
    ["a close with an error", () => frame(frames.close({ error: { condition: "x:y", description: "z" } }))],
    [
      "a detach with an error",
      () => Buffer.concat([attachSender(), frame(frames.detach({ handle: 0, error: ERROR }))]),
    ],
    ["an end with an error", () => frame(frames.end({ error: ERROR }))],
  ])("%s does no harm", async (_name, bytes) => {
    const client = await RawClient.connect(broker);
    client.write(sessionStart(broker), bytes());
    client.socket.end();
    await client.closed;
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 0, links: 0, queuedBytes: 0 }));
  });

  it("a disposition whose state is null settles without an outcome", async () => {
    const client = await RawClient.connect(broker);
    const credit = frame(frames.flow({ ...FLOW, handle: 1, delivery_count: 0, link_credit: 1 }));
    const delivered = client.received("event");
    client.write(
      sessionStart(broker),
      attachSender(),
      attachReceiver(),
      credit,
      frame(frames.transfer(TRANSFER), MESSAGE),
    );
    await delivered;
    const { modified: before } = broker.counts;
    client.write(performative(0x15, 5, Buffer.from("4143404140", "hex")));
    client.socket.end();
    await client.closed;
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ modified: before + 1, links: 0 }));
  });

  it("a flood of links closes the connection", async () => {
    const client = await RawClient.connect(broker);
    const attach = (i: number): Buffer => attachSender({ name: `link ${i}`, handle: i });
    client.write(sessionStart(broker), repeated(17, attach), repeated(10_000, attach));
    expect((await client.closed).toString("latin1")).toContain("amqp:connection:framing-error");
  });

  it("a flood of refused links closes the connection", async () => {
    const client = await RawClient.connect(broker);
    const refused = (i: number): Buffer => attachSender({ name: `link ${i}`, handle: i % 16, target: undefined });
    client.write(sessionStart(broker), repeated(10_000, refused));
    expect((await client.closed).toString("latin1")).toContain("amqp:session:handle-in-use");
  });

  it("messages without credit end their link", async () => {
    const client = await RawClient.connect(broker);
    const transfer = (i: number): Buffer => frame(frames.transfer({ ...TRANSFER, delivery_id: i }), MESSAGE);
    client.write(sessionStart(broker), attachSender(), repeated(2000, transfer));
    client.socket.end();
    expect((await client.closed).toString("latin1")).toContain("amqp:link:transfer-limit-exceeded");
  });

  it("a message in ever so small pieces ends its link", async () => {
    await using small = await startBroker({ maxMessageBytes: 100_000 });
    const client = await RawClient.connect(small);
    const piece = (): Buffer => frame(frames.transfer({ ...TRANSFER, more: true }));
    client.write(sessionStart(small), attachSender(), repeated(1000, piece));
    client.socket.end();
    expect((await client.closed).toString("latin1")).toContain("amqp:link:message-size-exceeded");
  });

  it("a message that would blow up its decoder is rejected", async () => {
    const client = await RheaClient.connect(broker.url());
    const consumer = await client.receiver("org.clacks");
    consumer.credit(10);
    const sender = await client.sender("org.clacks");
    const bombs = [
      Buffer.from("005377f000000005ffffffff41", "hex"),
      Buffer.from("005377d000000004ffffffff", "hex"),
      Buffer.concat([Buffer.from([0x00, 0x53, 0x77]), Buffer.alloc(10_000, 0)]),
      Buffer.from("00537240005375a000", "hex"),
      Buffer.alloc(0),
    ];
    for (const bomb of bombs) {
      expect(await sender.sendBytes(bomb)).toMatchObject({
        outcome: "rejected",
        error: { condition: "amqp:decode-error" },
      });
    }
    await client.settle();
    expect(consumer.waiting).toEqual([]);
    await client.close();
  });

  it("a client that sends and does not read is not read any more", async () => {
    await using patient = await startBroker({ idleTimeoutMs: 1000, closeTimeoutMs: 100 });
    const client = await RawClient.connect(patient);
    client.socket.pause();
    const first = frame(frames.transfer({ ...TRANSFER, delivery_id: 0xabcdef }), Buffer.from("bad"));
    const idAt = first.indexOf(Buffer.from([0x00, 0xab, 0xcd, 0xef]));
    const bad = (i: number): Buffer => {
      const transfer = Buffer.from(first);
      transfer.writeUInt32BE(i, idAt);
      return transfer;
    };
    client.write(sessionStart(patient), attachSender());
    // Each is answered with a description, so that the answers pile up.
    const isStuck = (): boolean => client.socket.writableLength > 1_000_000;
    for (let sent = 0; sent < 1_000_000 && !isStuck(); sent += 100) {
      client.write(repeated(100, (i) => bad(sent + i)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isStuck()).toBe(true);
    client.socket.resume();
    await client.closed;
  });
});

describe("Random input", () => {
  it("in 500 frames after the login does no harm", async () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = generator(seed);
      const size = 8 + Math.floor(random() * 200);
      const bytes = Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
      bytes.writeUInt32BE(size);
      bytes[4] = 2;
      bytes[5] = 0;
      await play(Buffer.concat([login(broker), AMQP_HEADER, OPEN, bytes, BEGIN]), `seed ${seed}`);
    }
  });

  it("in the middle of 500 conversations does no harm", async () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = generator(seed);
      const int = (n: number): number => Math.floor(random() * n);
      const parts = conversation().map((part) => Buffer.from(part));
      for (let i = int(4); i >= 0; i--) {
        const part = parts[int(parts.length)];
        const mutation = int(3);
        if (part === undefined) continue;
        if (mutation === 0) parts.splice(int(parts.length), 1);
        else if (mutation === 1) parts.splice(int(parts.length), 0, part);
        else part[8 + int(part.length - 8)] = int(256);
      }
      await play(Buffer.concat([login(broker), AMQP_HEADER, ...parts]), `seed ${seed}`);
    }
  });

  async function play(bytes: Buffer, name: string): Promise<void> {
    const client = await RawClient.connect(broker);
    client.write(bytes);
    client.socket.end();
    await client.closed;
    expect(
      printing.flatMap(({ mock }) => mock.calls),
      name,
    ).toEqual([]);
  }
});

const ERROR = { condition: "x:y", description: "z" };
const ATTACH = { name: "out", handle: 0, role: false };
const WINDOWS = { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 };

function onChannel(channel: number, fields: object): Buffer {
  return frames.write_frame(frames.amqp_frame(channel, fields));
}

function beginOn(channel: number, fields: object): Buffer {
  return onChannel(channel, frames.begin(fields));
}

function halfMessage(): Buffer {
  return Buffer.concat([attachSender(), frame(frames.transfer({ ...TRANSFER, more: true }), MESSAGE.subarray(0, 4))]);
}

function someTransfers(): readonly Buffer[] {
  return [0, 1, 2].map((i) => frame(frames.transfer({ ...TRANSFER, delivery_id: i, more: i < 2 }), MESSAGE));
}

function abortedTransfer(i: number): Buffer {
  return frame(frames.transfer({ ...TRANSFER, delivery_id: i, aborted: true }), MESSAGE);
}

function disposeAll(): Buffer {
  const all = { first: 0, last: 0xffff_ffff, settled: true };
  return repeated(200, (i) => frame(frames.disposition({ role: i % 2 === 0, ...all })));
}

function drain(handle: number): Buffer {
  return frame(frames.flow({ ...FLOW, handle, delivery_count: 0, link_credit: 0xffff_ffff, drain: true }));
}

function drainAll(): Buffer {
  return Buffer.concat([attachReceiver(), repeated(1000, () => drain(1))]);
}

function attachAndDetach(i: number): Buffer {
  return Buffer.concat([attachSender({ name: `link ${i}` }), frame(frames.detach({ handle: 0, closed: true }))]);
}

function attachRefused(i: number): Buffer {
  return Buffer.concat([
    attachSender({ name: `link ${i}`, target: undefined }),
    frame(frames.detach({ handle: 0, closed: true })),
  ]);
}

function beginAndEnd(): Buffer {
  return Buffer.concat([beginOn(1, WINDOWS), onChannel(1, frames.end({}))]);
}

/** One of each frame, as a well-behaved client would send them. */
function conversation(): readonly Buffer[] {
  return [
    OPEN,
    BEGIN,
    attachSender(),
    attachReceiver({ rcv_settle_mode: 1, source: rhea.types.wrap_described(["org.clacks"], 0x28) }),
    frame(frames.flow({ ...FLOW, handle: 1, delivery_count: 0, link_credit: 50 })),
    frame(frames.transfer(TRANSFER), MESSAGE),
    frame(frames.transfer({ ...TRANSFER, delivery_id: 1, more: true }), MESSAGE.subarray(0, 4)),
    frame(frames.transfer({ handle: 0, delivery_id: 1 }), MESSAGE.subarray(4)),
    frame(frames.transfer({ ...TRANSFER, delivery_id: 2, aborted: true }), MESSAGE),
    frame(
      frames.disposition({
        ...{ role: true, first: 0, last: 1, settled: false },
        state: outcomes.modified({ delivery_failed: true }).described(),
      }),
    ),
    frame(frames.disposition({ role: true, first: 0, last: 5, settled: true })),
    drain(1),
    frame(frames.detach({ handle: 1, closed: true })),
    frame(frames.end({})),
    frame(frames.close({})),
  ];
}
