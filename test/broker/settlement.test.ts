import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { RheaClient } from "./rhea-client.ts";
import type { TestReceiver, TestSender } from "./rhea-client.ts";

const TOPIC = "org.clacks";

let broker: Broker;
let consumer: RheaClient;
let sender: TestSender;
let receiver: TestReceiver;

beforeEach(async () => {
  broker = await startBroker({ maxDeliveryAttempts: 3 });
  consumer = await RheaClient.connect(broker.url());
  receiver = await consumer.receiver(TOPIC);
  sender = await (await RheaClient.connect(broker.url())).sender(TOPIC);
});

afterEach(async () => {
  await broker.close();
});

async function publish(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => sender.send(i)));
}

describe("Credit", () => {
  it("is never exceeded", async () => {
    receiver.credit(3);
    await publish(50);
    await consumer.settle();
    expect(receiver.bodies).toEqual([0, 1, 2]);
    receiver.credit(4);
    await consumer.settle();
    expect(receiver.bodies).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(broker.counts.delivered).toBe(7);
  });

  it("of one link does not hold up the others of its session", async () => {
    const other = await consumer.receiver(TOPIC);
    other.credit(5);
    await publish(5);
    expect((await other.take(5)).map(({ body }) => body)).toEqual([0, 1, 2, 3, 4]);
    receiver.credit(5);
    expect((await receiver.take(5)).map(({ body }) => body)).toEqual([0, 1, 2, 3, 4]);
  });

  it("may be taken back", async () => {
    receiver.credit(2);
    await publish(1);
    await receiver.next();
    const link = receiver.link as unknown as { credit: number; issue_flow: boolean; connection: { _register(): void } };
    link.credit = 0;
    link.issue_flow = true;
    link.connection._register();
    await consumer.settle();
    await publish(2);
    await consumer.settle();
    expect(receiver.bodies).toEqual([]);
    receiver.credit(2);
    expect((await receiver.take(2)).map(({ body }) => body)).toEqual([0, 1]);
  });

  it("is used up by a drain, after the messages that wait", async () => {
    await publish(2);
    receiver.credit(10);
    receiver.link.drain_credit();
    await once(receiver.link, "receiver_drained");
    expect(receiver.bodies).toEqual([0, 1]);
    await publish(1);
    await consumer.settle();
    expect(receiver.bodies).toEqual([0, 1]);
    receiver.link.drain = false;
    receiver.credit(1);
    await consumer.settle();
    expect(receiver.bodies).toEqual([0, 1, 0]);
  });

  it("of four thousand million can be drained", async () => {
    receiver.credit(4_294_967_295);
    receiver.link.drain_credit();
    await once(receiver.link, "receiver_drained");
    receiver.link.drain = false;
    receiver.credit(1);
    await publish(1);
    expect((await receiver.next()).body).toBe(0);
  });
});

describe("A delivery", () => {
  it("that was released comes back in its old place, uncounted", async () => {
    receiver.credit(3);
    await publish(4);
    const first = await receiver.take(3);
    // In any order: the messages come back in theirs.
    for (const index of [1, 2, 0]) first[index]?.delivery.release();
    await consumer.settle();
    receiver.credit(4);
    const second = await receiver.take(4);
    expect(second.map(({ body, message }) => [body, message.delivery_count ?? 0])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect(broker.counts).toMatchObject({ released: 3, redelivered: 3, delivered: 7, dropped: 0 });
  });

  it("that failed comes back with a higher delivery-count, and is dropped after the last attempt", async () => {
    receiver.credit(10);
    await sender.send("poison", { durable: true, priority: 6, ttl: 1000, subject: "kept" });
    for (const attempt of [0, 1, 2]) {
      const { message, delivery } = await receiver.next();
      expect([message.body, message.delivery_count ?? 0]).toEqual(["poison", attempt]);
      expect(message).toMatchObject({ durable: true, priority: 6, ttl: 1000, subject: "kept" });
      delivery.modified({ delivery_failed: true });
    }
    await sender.send("next");
    expect((await receiver.next()).body).toBe("next");
    expect(broker.counts).toMatchObject({ modified: 3, redelivered: 2, dropped: 1 });
  });

  it("counts on from the delivery-count that the publisher gave", async () => {
    receiver.credit(10);
    await sender.send("again", { delivery_count: 7 });
    (await receiver.next()).delivery.modified({ delivery_failed: true });
    expect((await receiver.next()).message.delivery_count).toBe(8);
  });

  it("that is undeliverable here is dropped", async () => {
    receiver.credit(10);
    await publish(2);
    (await receiver.next()).delivery.modified({ delivery_failed: true, undeliverable_here: true });
    expect((await receiver.next()).body).toBe(1);
    await consumer.settle();
    expect(receiver.bodies).toEqual([]);
    expect(broker.counts).toMatchObject({ modified: 1, dropped: 1, redelivered: 0 });
  });

  it("that was modified without a failure comes back uncounted", async () => {
    receiver.credit(10);
    await publish(1);
    (await receiver.next()).delivery.modified({});
    expect((await receiver.next()).message.delivery_count ?? 0).toBe(0);
  });

  it("that was rejected is dropped", async () => {
    receiver.credit(10);
    await publish(2);
    (await receiver.next()).delivery.reject({ condition: "amqp:decode-error", description: "no event" });
    expect((await receiver.next()).body).toBe(1);
    await consumer.settle();
    expect(receiver.bodies).toEqual([]);
    expect(broker.counts).toMatchObject({ rejected: 1, redelivered: 0 });
  });

  it("that was settled without an outcome counts as failed", async () => {
    receiver.credit(10);
    await publish(1);
    (await receiver.next()).delivery.update(true);
    expect((await receiver.next()).message.delivery_count).toBe(1);
    expect(broker.counts).toMatchObject({ modified: 1, redelivered: 1 });
  });

  it("is settled by the broker first when the consumer asks for that", async () => {
    const careful = await consumer.receiver(TOPIC, { rcv_settle_mode: 1 });
    careful.credit(1);
    await publish(1);
    const { delivery } = await careful.next();
    const settled = once(careful.link, "settled");
    delivery.accept();
    await settled;
    expect(careful.link.rcv_settle_mode).toBe(1);
    expect(broker.counts.accepted).toBe(1);
  });

  it.each<[string, () => void]>([
    ["link is closed", () => receiver.link.close()],
    ["session is ended", () => receiver.link.session.close()],
    ["connection is closed", () => consumer.connection.close()],
  ])("counts as accepted although its %s right afterwards", async (_name, end) => {
    receiver.credit(3);
    await publish(3);
    for (const { delivery } of await receiver.take(3)) delivery.accept();
    end();
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ links: 1, accepted: 3 }));
  });

  it("of a session with many unsettled ones waits until some are settled", async () => {
    const small = await startBroker({ maxUnsettled: 4 });
    try {
      const client = await RheaClient.connect(small.url());
      const slow = await client.receiver(TOPIC);
      slow.credit(100);
      const publisher = await (await RheaClient.connect(small.url())).sender(TOPIC);
      for (let i = 0; i < 10; i++) await publisher.send(i);
      await client.settle();
      expect(slow.bodies).toEqual([0, 1, 2, 3]);
      for (const { delivery } of slow.waiting.splice(0)) delivery.accept();
      expect((await slow.take(4)).map(({ body }) => body)).toEqual([4, 5, 6, 7]);
    } finally {
      await small.close();
    }
  });
});

describe("A subscription", () => {
  it("goes with its connection, and its messages with it", async () => {
    receiver.credit(5);
    await publish(10);
    await receiver.take(5);
    expect(broker.counts.queuedBytes).toBeGreaterThan(0);
    consumer.kill();
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 1, links: 1, queuedBytes: 0 }));
    expect(await sender.send("to nobody")).toEqual({ outcome: "accepted" });
    expect(broker.counts.unrouted).toBe(1);
  });

  it.each(["close", "detach"] as const)("goes with the %s of its link", async (how) => {
    receiver.credit(5);
    await publish(10);
    await receiver.take(5);
    const closed = once(receiver.link, "receiver_close");
    receiver.link[how]();
    await closed;
    expect(broker.counts).toMatchObject({ links: 1, queuedBytes: 0 });
    const next = await consumer.receiver(TOPIC);
    next.credit(1);
    await sender.send("new");
    expect((await next.next()).body).toBe("new");
  });

  it("goes with the end of its session", async () => {
    receiver.credit(5);
    await publish(10);
    await receiver.take(5);
    const ended = once(consumer.connection, "session_close");
    receiver.link.session.close();
    await ended;
    expect(broker.counts).toMatchObject({ links: 1, queuedBytes: 0 });
  });

  it("does not fill its session with what earlier links left unsettled", async () => {
    for (let round = 0; round < 5; round++) {
      const short = await consumer.receiver(TOPIC);
      short.credit(1000);
      await publish(500);
      // The client forgets them without a word to the broker, for its own session has no room for more.
      for (const { delivery } of await short.take(500)) (delivery as { settled: boolean }).settled = true;
      await short.close();
    }
    receiver.credit(1);
    expect((await receiver.next()).body).toBe(0);
  });

  it("of a consumer that stopped reading does not hold up the others", async () => {
    receiver.credit(100_000);
    const socket = (consumer.connection as unknown as { socket: { pause(): void; resume(): void } }).socket;
    socket.pause();
    const other = await (await RheaClient.connect(broker.url())).receiver(TOPIC);
    other.credit(100_000);
    const body = "z".repeat(50_000);
    for (let i = 0; i < 300; i++) {
      await sender.send(body);
      (await other.next()).delivery.accept();
    }
    // 15 MB for the one that does not read: most of it is still in its queue.
    expect(broker.counts.delivered).toBeLessThan(600);
    socket.resume();
    expect((await receiver.take(300)).length).toBe(300);
  });
});
