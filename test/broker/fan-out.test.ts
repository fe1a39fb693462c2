import rhea from "rhea";
import type { Receiver } from "rhea";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { attachReceiver, attachSender, frame, frames, MESSAGE, RawClient, sessionStart } from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";

const TOPIC = "org.clacks";

let broker: Broker;
let publisher: RheaClient;
let consumer: RheaClient;

beforeEach(async () => {
  broker = await startBroker();
  publisher = await RheaClient.connect(broker.url());
  consumer = await RheaClient.connect(broker.url());
});

afterEach(async () => {
  await broker.close();
});

describe("A message", () => {
  it("reaches every subscription of its topic, in the order in which it was sent", async () => {
    const first = await consumer.receiver(TOPIC);
    const second = await (await RheaClient.connect(broker.url())).receiver(TOPIC);
    first.credit(100);
    second.credit(100);
    const sender = await publisher.sender(TOPIC);
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    const answers = await Promise.all(numbers.map((i) => sender.send(i)));
    expect(answers.every(({ outcome }) => outcome === "accepted")).toBe(true);
    expect((await first.take(100)).map(({ body }) => body)).toEqual(numbers);
    expect((await second.take(100)).map(({ body }) => body)).toEqual(numbers);
  });

  it("reaches no subscription of another topic", async () => {
    const other = await consumer.receiver("org.other");
    other.credit(10);
    await (await publisher.sender(TOPIC)).send("for org.clacks");
    await (await publisher.sender("org.other")).send("for org.other");
    expect((await other.next()).body).toBe("for org.other");
  });

  it("does not reach a subscription that came later", async () => {
    const sender = await publisher.sender(TOPIC);
    await sender.send("early");
    const receiver = await consumer.receiver(TOPIC);
    receiver.credit(10);
    await sender.send("late");
    expect((await receiver.next()).body).toBe("late");
  });

  it("is accepted and counted when nobody subscribed", async () => {
    const sender = await publisher.sender(TOPIC);
    expect(await sender.send("to nobody")).toEqual({ outcome: "accepted" });
    expect(broker.counts).toMatchObject({ received: 1, unrouted: 1, delivered: 0, queuedBytes: 0 });
  });

  it("is accepted while its consumer gives no credit, because it is in the queue", async () => {
    const receiver = await consumer.receiver(TOPIC);
    const sender = await publisher.sender(TOPIC);
    expect(await sender.send("waits")).toEqual({ outcome: "accepted" });
    expect(broker.counts).toMatchObject({ received: 1, unrouted: 0, delivered: 0 });
    expect(broker.counts.queuedBytes).toBeGreaterThan(0);
    receiver.credit(1);
    const { body, delivery } = await receiver.next();
    expect(body).toBe("waits");
    delivery.accept();
    await consumer.settle();
    expect(broker.counts).toMatchObject({ delivered: 1, accepted: 1, queuedBytes: 0 });
  });

  it("arrives with the very bytes that were sent", async () => {
    const receiver = await consumer.receiver(TOPIC);
    receiver.credit(1);
    const payloads = recordPayloads(receiver.link);
    const bytes = rhea.message.encode({
      durable: true,
      priority: 7,
      subject: "org.clacks.event.PhoneStatus",
      message_id: "id-1",
      creation_time: new Date(0),
      content_type: "application/xml",
      application_properties: { long: rhea.types.wrap_long(5), text: "ü" },
      message_annotations: { "x-opt-a": 1 },
      body: rhea.message.data_section(Buffer.from("<Event/>")) as unknown,
    });
    await (await publisher.sender(TOPIC)).sendBytes(bytes);
    await receiver.next();
    expect(payloads).toEqual([bytes]);
  });

  it("may be larger than a frame in both directions", async () => {
    const narrow = await RheaClient.connect(broker.url(), { max_frame_size: 512 });
    const receiver = await narrow.receiver(TOPIC);
    receiver.credit(2);
    const sender = await publisher.sender(TOPIC);
    // rhea as a receiver stops after 2048 frames of one message, so these are fewer.
    const body = "x".repeat(800_000);
    expect(await sender.send(body)).toEqual({ outcome: "accepted" });
    expect(await sender.send("small")).toEqual({ outcome: "accepted" });
    expect((await receiver.next()).body).toBe(body);
    expect((await receiver.next()).body).toBe("small");
  });

  it("may take more frames than a session's window", async () => {
    const receiver = await consumer.receiver(TOPIC);
    receiver.credit(1);
    // rhea cuts by the peer's frame size: it is made to believe that the broker takes 512 bytes.
    const remote = (publisher.connection as unknown as { remote: { open: { max_frame_size: number } } }).remote;
    remote.open.max_frame_size = 512;
    const body = "y".repeat(2 * 1024 * 1024);
    expect(await (await publisher.sender(TOPIC)).send(body)).toEqual({ outcome: "accepted" });
    expect((await receiver.next()).body).toBe(body);
  });

  it("is rejected when it is not a message", async () => {
    const receiver = await consumer.receiver(TOPIC);
    receiver.credit(2);
    const sender = await publisher.sender(TOPIC);
    expect(await sender.sendBytes(Buffer.from("not AMQP"))).toEqual({
      outcome: "rejected",
      error: {
        condition: "amqp:decode-error",
        description: "type 0x6e; expected a described value, at byte 0",
      },
    });
    expect(await sender.sendBytes(Buffer.from("\x00\x53\x77\x40", "latin1"), 7)).toEqual({
      outcome: "rejected",
      error: { condition: "amqp:not-implemented", description: "message-format is 7; expected 0" },
    });
    expect(await sender.send("good")).toEqual({ outcome: "accepted" });
    expect((await receiver.next()).body).toBe("good");
    expect(broker.counts).toMatchObject({ received: 3, refused: 2, delivered: 1 });
  });

  it("is answered for itself when accepted and rejected ones come together", async () => {
    const sender = await publisher.sender(TOPIC);
    const good = rhea.message.encode({ body: "good" });
    const bad = Buffer.from("bad");
    const answers = await Promise.all([good, bad, good, bad, bad, good].map((bytes) => sender.sendBytes(bytes)));
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      "accepted",
      "rejected",
      "accepted",
      "rejected",
      "rejected",
      "accepted",
    ]);
  });

  it("needs no answer when it is sent settled, in either direction", async () => {
    const receiver = await consumer.receiver(TOPIC, { snd_settle_mode: 1 });
    receiver.credit(10);
    const sender = await publisher.sender(TOPIC, { snd_settle_mode: 1 });
    for (let i = 0; i < 3; i++) void sender.send(i);
    const received = await receiver.take(3);
    expect(received.map(({ body, delivery }) => [body, delivery.remote_settled])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
    expect(receiver.link.snd_settle_mode).toBe(1);
    expect(broker.counts).toMatchObject({ received: 3, delivered: 3, accepted: 0, queuedBytes: 0 });
  });
});

describe("An attach", () => {
  it("is answered with what the broker does of what was asked for", async () => {
    const receiver = await consumer.receiver({
      address: TOPIC,
      durable: 2,
      expiry_policy: "never",
      timeout: 60,
      distribution_mode: "copy",
      filter: {
        selector: rhea.types.wrap_described("a = 1", "apache.org:selector-filter:string"),
        other: rhea.types.wrap_described("a = 1", "example.org:other"),
      },
      capabilities: ["topic"],
    });
    const { address, durable, expiry_policy, timeout, filter, distribution_mode, capabilities } = receiver.link.source;
    expect({ address, durable, expiry_policy, timeout, filter, distribution_mode, capabilities }).toEqual({
      address: TOPIC,
      durable: 2,
      expiry_policy: "never",
      timeout: null,
      filter: { selector: expect.objectContaining({ value: "a = 1" }) as unknown },
      distribution_mode: "copy",
      capabilities: ["topic"],
    });
    const sender = await publisher.sender({ address: TOPIC, capabilities: ["topic"] });
    expect(sender.link.target).toMatchObject({ address: TOPIC, capabilities: ["topic"] });
    expect(sender.link.max_message_size).toBe(4 * 1024 * 1024 + 64 * 1024);
  });

  it.each([
    ["a consumer without address", "receiver", {}, "amqp:not-found", "the attach has no address"],
    ["a consumer with an empty address", "receiver", { address: "" }, "amqp:not-found", "the attach has no address"],
    ["a publisher with an empty address", "sender", { address: "" }, "amqp:not-found", "the attach has no address"],
    [
      "a consumer of a temporary topic that is gone",
      "receiver",
      { address: "xqbus:temporary:x" },
      "amqp:not-found",
      "there is no such temporary topic any more",
    ],
    ["a long address", "sender", { address: "x".repeat(1025) }, "amqp:invalid-field", "at most 1024 characters"],
  ] as const)("of %s is refused", async (_name, role, terminus, condition, description) => {
    const attach = role === "sender" ? publisher.sender(terminus) : publisher.receiver(terminus);
    await expect(attach).rejects.toMatchObject({
      condition,
      message: expect.stringContaining(description) as string,
    });
    expect(broker.counts.links).toBe(0);
    expect(await (await publisher.sender(TOPIC)).send("goes on")).toEqual({ outcome: "accepted" });
  });

  it("may have the name of a link in the other direction", async () => {
    const client = await RawClient.connect(broker);
    const flow = { next_incoming_id: 0, incoming_window: 9, next_outgoing_id: 0, outgoing_window: 9 };
    client.write(
      sessionStart(broker),
      attachSender({ name: "both" }),
      attachReceiver({ name: "both" }),
      frame(frames.flow({ ...flow, handle: 1, delivery_count: 0, link_credit: 1 })),
      frame(frames.transfer({ handle: 0, delivery_id: 0, delivery_tag: Buffer.from("t") }), MESSAGE),
    );
    await client.received("event");
    client.socket.end();
    expect((await client.closed).toString("latin1").match(/\x04both/g)).toHaveLength(2);
  });

  it("of a transaction coordinator is refused", async () => {
    const link = publisher.connection.open_sender({ name: "coordinator" });
    const { attach } = (link as unknown as { local: { attach: { target: unknown } } }).local;
    attach.target = rhea.types.wrap_described([], 0x30);
    const error = await new Promise((resolve) => link.on("sender_error", () => resolve(link.error)));
    expect(error).toMatchObject({
      condition: "amqp:not-implemented",
      description: "this broker has no transactions: the target must be an address",
    });
  });
});

describe("The broker", () => {
  it("tells who it is", () => {
    const { container_id, properties, max_frame_size, channel_max, idle_time_out } = publisher.connection;
    expect(container_id).toMatch(/^xqbus-[0-9a-f-]{36}$/);
    expect(properties).toEqual({
      product: "xqbus",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      platform: `Node.js ${process.version}`,
    });
    expect({ max_frame_size, channel_max, idle_time_out }).toEqual({
      max_frame_size: 65_536,
      channel_max: 15,
      idle_time_out: 30_000,
    });
  });

  it("counts links and connections that are there", async () => {
    const sender = await publisher.sender(TOPIC);
    await consumer.receiver(TOPIC);
    expect(broker.counts).toMatchObject({ connections: 2, links: 2 });
    sender.link.close();
    await publisher.settle();
    expect(broker.counts).toMatchObject({ connections: 2, links: 1 });
  });
});

/** What rhea gets to decode on a link's session from now on. */
function recordPayloads({ session }: Receiver): readonly Buffer[] {
  type OnTransfer = (frame: { readonly payload?: Buffer }, receiver: Receiver) => void;
  const { incoming } = session as unknown as { incoming: { on_transfer: OnTransfer } };
  const onTransfer = incoming.on_transfer.bind(incoming);
  const payloads: Buffer[] = [];
  incoming.on_transfer = (frame, receiver) => {
    payloads.push(frame.payload ?? Buffer.alloc(0));
    onTransfer(frame, receiver);
  };
  return payloads;
}
