import { once } from "node:events";
import { connect } from "node:net";
import type { Session } from "rhea";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker, BrokerLimits } from "../../src/broker/index.ts";
import { attachSender, frame, frames, MESSAGE, RawClient, sessionStart } from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";

const TOPIC = "org.clacks";

let broker: Broker;

afterEach(async () => {
  await broker.close();
});

async function start(limits: Partial<BrokerLimits>): Promise<RheaClient> {
  broker = await startBroker(limits);
  return RheaClient.connect(broker.url());
}

function connectionError(client: RheaClient): Promise<unknown> {
  return once(client.connection, "connection_error").then(() => client.connection.error);
}

describe("A full subscription", () => {
  it("refuses messages beyond its number, naming itself and the limit", async () => {
    const client = await start({ maxQueueMessages: 2 });
    const receiver = await client.receiver(TOPIC, { name: "alarms" });
    const sender = await client.sender(TOPIC);
    expect([await sender.send(1), await sender.send(2), await sender.send(3)]).toEqual([
      { outcome: "accepted" },
      { outcome: "accepted" },
      {
        outcome: "rejected",
        error: {
          condition: "amqp:resource-limit-exceeded",
          description:
            `subscription "alarms" of container "${client.connection.container.id}" on "org.clacks" is full: ` +
            "it holds 2 messages, the limit (maxQueueMessages)",
        },
      },
    ]);
    // Unsettled messages count: the consumer may still send them back.
    receiver.credit(2);
    const [first] = await receiver.take(2);
    expect(await sender.send(4)).toMatchObject({ outcome: "rejected" });
    first?.delivery.accept();
    await client.settle();
    expect(await sender.send(5)).toEqual({ outcome: "accepted" });
    expect(broker.counts).toMatchObject({ received: 5, refused: 2 });
  });

  it("refuses messages beyond its bytes", async () => {
    const client = await start({ maxQueueBytes: 1000 });
    await client.receiver(TOPIC);
    const sender = await client.sender(TOPIC);
    expect(await sender.send("x".repeat(600))).toEqual({ outcome: "accepted" });
    expect(await sender.send("x".repeat(600))).toMatchObject({
      outcome: "rejected",
      error: { description: expect.stringMatching(/would exceed 1000 \(maxQueueBytes\)$/) as string },
    });
  });

  it("makes that no other subscription gets the message", async () => {
    const client = await start({ maxQueueMessages: 1 });
    const quick = await client.receiver(TOPIC);
    await client.receiver(TOPIC, { name: "slow" });
    quick.credit(10);
    const sender = await client.sender(TOPIC);
    await sender.send(1);
    (await quick.next()).delivery.accept();
    await client.settle();
    expect(await sender.send(2)).toMatchObject({ outcome: "rejected" });
    await client.settle();
    expect(quick.bodies).toEqual([]);
  });
});

describe("A full broker", () => {
  it("refuses messages, whatever subscription they are for", async () => {
    const client = await start({ maxTotalBytes: 100_000 });
    const receiver = await client.receiver("org.one");
    await client.receiver("org.two");
    expect(await (await client.sender("org.one")).send("x".repeat(60_000))).toEqual({ outcome: "accepted" });
    expect(broker.counts.queuedBytes).toBeGreaterThan(60_000);
    const second = await client.sender("org.two");
    // In one frame, and in several, whose bytes count while they come in.
    for (const size of [45_000, 60_000, 90_000]) {
      expect(await second.send("x".repeat(size))).toEqual({
        outcome: "rejected",
        error: {
          condition: "amqp:resource-limit-exceeded",
          description: expect.stringMatching(/maxTotalBytes/) as string,
        },
      });
    }
    expect(await second.send("small")).toEqual({ outcome: "accepted" });
    expect(broker.counts).toMatchObject({ received: 5, refused: 3, links: 4 });
    receiver.credit(1);
    (await receiver.next()).delivery.accept();
    await client.settle();
    expect(await second.send("x".repeat(60_000))).toEqual({ outcome: "accepted" });
  });

  it("counts a message once however many subscriptions have it", async () => {
    const client = await start({ maxTotalBytes: 100_000 });
    for (let i = 0; i < 10; i++) await client.receiver(TOPIC);
    expect(await (await client.sender(TOPIC)).send("x".repeat(40_000))).toEqual({ outcome: "accepted" });
    expect(broker.counts.queuedBytes).toBeLessThan(50_000);
    await client.close();
    await vi.waitFor(() => expect(broker.counts.queuedBytes).toBe(0));
  });
});

describe("A message beyond maxMessageBytes", () => {
  it.each([
    ["one frame", 40_000, 20_000],
    ["several frames", 300_000, 200_000],
  ])("ends its link when it comes in %s", async (_name, size, maxMessageBytes) => {
    const client = await start({ maxMessageBytes });
    const receiver = await client.receiver(TOPIC);
    receiver.credit(1);
    const sender = await client.sender(TOPIC);
    void sender.send("x".repeat(size));
    expect(await sender.detached()).toMatchObject({ condition: "amqp:link:message-size-exceeded" });
    const next = await client.sender(TOPIC);
    expect(await next.send("small")).toEqual({ outcome: "accepted" });
    expect((await receiver.next()).body).toBe("small");
    expect(broker.counts).toMatchObject({ received: 1, faults: 0 });
  });
});

describe("Messages that are never finished", () => {
  it("take no more memory than their connection may have; one for which there is none is rejected at its end", async () => {
    broker = await startBroker({ maxMessageBytes: 100_000, maxIncompleteBytes: 250_000 });
    const client = await RawClient.connect(broker);
    const links = Array.from({ length: 5 }, (_, handle) => attachSender({ name: `link ${handle}`, handle }));
    const begun = links.map((_, id) =>
      frame(frames.transfer({ handle: id, delivery_id: id, more: true }), Buffer.alloc(60_000)),
    );
    client.write(sessionStart(broker), ...links);
    client.write(...begun);
    client.write(frame(frames.transfer({ handle: 4, delivery_id: 4 }), Buffer.alloc(10_000)));
    await client.received("amqp:resource-limit-exceeded");
    expect(broker.counts).toMatchObject({ links: 5, queuedBytes: 240_000, received: 1, refused: 1, bytes: 70_000 });
    client.write(frame(frames.transfer({ handle: 3, delivery_id: 3, aborted: true })));
    client.write(frame(frames.transfer({ handle: 4, delivery_id: 5 }), MESSAGE));
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ links: 5, queuedBytes: 180_000, received: 2 }));
    client.socket.destroy();
    await vi.waitFor(() => expect(broker.counts.queuedBytes).toBe(0));
  });
});

describe("Too many", () => {
  it("links end their connection", async () => {
    const client = await start({ maxLinks: 3 });
    const other = await RheaClient.connect(broker.url());
    for (let i = 0; i < 3; i++) await client.receiver(TOPIC);
    const error = connectionError(client);
    client.connection.open_receiver({ source: TOPIC });
    expect(await error).toMatchObject({
      condition: "amqp:connection:framing-error",
      description: "handle is 3; the largest is 2",
    });
    expect(await (await other.sender(TOPIC)).send("served")).toEqual({ outcome: "accepted" });
  });

  it("links of several sessions end their connection", async () => {
    const client = await start({ maxLinks: 3 });
    for (let i = 0; i < 3; i++) await client.receiver(TOPIC);
    const error = connectionError(client);
    newSession(client).open_receiver({ source: TOPIC });
    expect(await error).toMatchObject({
      condition: "amqp:resource-limit-exceeded",
      description: "the connection has 3 links, the limit (maxLinks)",
    });
  });

  it("links one after the other are no problem", async () => {
    const client = await start({ maxLinks: 2 });
    for (let i = 0; i < 20; i++) await (await client.receiver(TOPIC)).close();
    expect(broker.counts).toMatchObject({ links: 0, faults: 0 });
  });

  it("sessions end their connection", async () => {
    const client = await start({ maxSessions: 2 });
    newSession(client);
    newSession(client);
    const error = connectionError(client);
    newSession(client);
    expect(await error).toMatchObject({ description: "channel is 2; the largest is 1" });
  });

  it("sessions one after the other are no problem", async () => {
    const client = await start({ maxSessions: 1 });
    for (let i = 0; i < 20; i++) {
      const session = newSession(client);
      session.open_receiver({ source: TOPIC });
      await once(session, "receiver_open");
      session.close();
      await once(session, "session_close");
    }
    expect(broker.counts).toMatchObject({ links: 0, faults: 0 });
  });

  it("topics are refused, until one of the others is left", async () => {
    const client = await start({ maxTopics: 2 });
    const one = await client.receiver("one");
    await client.receiver("two");
    await expect(client.sender("three")).rejects.toMatchObject({
      condition: "amqp:resource-limit-exceeded",
      message: "there are 2 topics, the limit (maxTopics)",
    });
    await one.close();
    await client.sender("three");
  });

  it("connections are closed at once, until one of the others is gone", async () => {
    const client = await start({ maxConnections: 1 });
    await expect(RheaClient.connect(broker.url())).rejects.toThrow();
    await client.close();
    await vi.waitFor(() => expect(broker.counts.connections).toBe(0));
    await vi.waitFor(async () => (await RheaClient.connect(broker.url())).close());
  });

  it("connections without login make place for others, and do not keep users out", async () => {
    const client = await start({ maxConnections: 4, handshakeTimeoutMs: 3_600_000 });
    const strangers = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const socket = connect(broker.port, "127.0.0.1");
        socket.on("error", () => undefined);
        await once(socket, "connect");
        return socket;
      }),
    );
    const user = await RheaClient.connect(broker.url());
    await vi.waitFor(() => expect(strangers.filter(({ destroyed }) => destroyed)).toHaveLength(4));
    const sender = await client.sender(TOPIC);
    expect(await sender.send("still there")).toEqual({ outcome: "accepted" });
    await user.close();
    for (const socket of strangers) socket.destroy();
  });

  it("messages without credit end their link", async () => {
    const client = await start({ publisherCredit: 2 });
    const sender = await client.sender(TOPIC);
    // The client thinks that it has more credit than it was given.
    (sender.link as unknown as { credit: number }).credit = 10;
    for (let i = 0; i < 10; i++) void sender.send(i);
    expect(await sender.detached()).toMatchObject({ condition: "amqp:link:transfer-limit-exceeded" });
    expect(await (await client.sender(TOPIC)).send("goes on")).toEqual({ outcome: "accepted" });
  });
});

describe("A silent connection", () => {
  it("is closed after the idle time", async () => {
    const client = await start({ idleTimeoutMs: 1000 });
    const { connection } = client;
    // Without its timer the client sends no heartbeat.
    const error = connectionError(client);
    const internals = connection as unknown as { remote: { open: { idle_time_out: number } }; heartbeat_out?: unknown };
    clearTimeout(internals.heartbeat_out as NodeJS.Timeout);
    internals.remote.open.idle_time_out = 0;
    expect(await error).toMatchObject({
      condition: "amqp:resource-limit-exceeded",
      description: "max idle time exceeded",
    });
    await vi.waitFor(() => expect(broker.counts.connections).toBe(0));
  });
});

describe("A limit", () => {
  it.each([
    ["maxLinks", 0, "maxLinks is 0; expected a whole number from 1 to 65536"],
    ["maxFrameBytes", 511, "maxFrameBytes is 511; expected a whole number from 512 to 268435456"],
    ["maxQueueBytes", 1.5, "maxQueueBytes is 1.5; expected a whole number from 1 to 9007199254740991"],
    ["handshakeTimeoutMs", Infinity, "handshakeTimeoutMs is Infinity; expected a whole number from 1 to 2147483647"],
  ])("that makes no sense is refused: %s = %d", async (name, value, message) => {
    await expect(startBroker({ [name]: value })).rejects.toMatchObject({ code: "xqbus:illegal-argument", message });
  });
});

function newSession(client: RheaClient): Session {
  const session = (client.connection as unknown as { create_session(): Session }).create_session();
  session.begin();
  return session;
}
