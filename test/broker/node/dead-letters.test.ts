import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { AccessRule, Broker, BrokerDeadLetter, BrokerOptions } from "../../../src/broker/index.ts";
import { RheaClient } from "../rhea-client.ts";
import type { TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const KEPT = { address: TOPIC, durable: 2, expiry_policy: "never" };
const NOT_FROM_TOPIC: readonly AccessRule[] = [
  { effect: "deny", user: "admin", action: "consume", address: TOPIC },
  { effect: "allow", user: "admin", action: "*" },
];
const JOBS = { address: "jobs", capabilities: ["queue"] };

let broker: Broker;
let client: RheaClient;

async function start(options: BrokerOptions = {}): Promise<void> {
  broker = await startBroker(options);
  client = await connect();
}

function connect(container = "billing"): Promise<RheaClient> {
  return RheaClient.connect(broker.url(), { container_id: container });
}

beforeEach(() => start());
afterEach(() => broker.close());

async function deadLetters(): Promise<readonly BrokerDeadLetter[]> {
  const found: BrokerDeadLetter[] = [];
  for await (const letter of broker.management.deadLetters()) found.push(letter);
  return found;
}

async function only(): Promise<BrokerDeadLetter> {
  const [letter, ...others] = await deadLetters();
  if (letter === undefined || others.length > 0) throw new Error("expected one dead letter");
  return letter;
}

async function publish(target: unknown, body: string, fields: object = {}): Promise<void> {
  const sender = await client.sender(target);
  expect(await sender.send(body, fields)).toEqual({ outcome: "accepted" });
  sender.link.close();
}

async function rejectOne(receiver: TestReceiver): Promise<void> {
  receiver.credit(1);
  const { delivery } = await receiver.next();
  delivery.reject({ condition: "amqp:decode-error", description: "no such customer" });
  await client.settle();
}

describe("Dead letters of the broker", () => {
  it("say who has given them up, why, when and how often they were tried", async () => {
    const receiver = await client.receiver(KEPT, { name: "invoices" });
    const before = Date.now();
    await publish(TOPIC, "<a/>", { message_id: "m-1", subject: "a" });
    await rejectOne(receiver);
    const letter = await only();
    expect(letter).toMatchObject({
      id: expect.stringMatching(/^\d{16}$/) as string,
      origin: TOPIC,
      subscription: {
        key: '["admin","billing","invoices"]',
        ...{ name: "invoices", container: "billing", user: "admin" },
        label: 'subscription "invoices" of container "billing"',
      },
      ...{ reason: "rejected", description: "amqp:decode-error: no such customer", attempts: 0, redrives: 0 },
      ...{ messageId: "m-1", subject: "a" },
    });
    expect(letter.at).toBeGreaterThanOrEqual(before);
    expect(Buffer.from(letter.body ?? []).toString()).toBe("<a/>");
  });

  it("are listed by origin with the oldest first, and have different ids that stay", async () => {
    const receiver = await client.receiver(JOBS);
    for (const body of ["1", "2", "3"]) await publish(JOBS, body);
    for (let i = 0; i < 3; i++) await rejectOne(receiver);
    const ids = (await deadLetters()).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toHaveLength(3);
    expect((await deadLetters()).map(({ id }) => id)).toEqual(ids);
  });

  it("go back to the one subscription that failed, and say so to its consumer", async () => {
    const failing = await client.receiver(KEPT, { name: "invoices" });
    const other = await client.receiver(KEPT, { name: "archive" });
    await publish(TOPIC, "<a/>", { message_annotations: { "x-opt-own": "kept" } });
    await rejectOne(failing);
    const first = await only();
    expect(await first.redrive()).toBe(true);
    expect(await deadLetters()).toEqual([]);
    await client.settle();
    failing.credit(1);
    const { message, delivery } = await failing.next();
    expect(message.body).toBe("<a/>");
    expect(message.message_annotations).toEqual({ "x-opt-own": "kept", "x-opt-redrives": 1 });
    delivery.reject();
    other.credit(5);
    await client.settle();
    expect(other.bodies).toEqual(["<a/>"]);
    const second = await only();
    expect(second).toMatchObject({ redrives: 1, description: undefined });
    expect(second.id).not.toBe(first.id);
    expect(await second.redrive()).toBe(true);
    failing.credit(1);
    expect((await failing.next()).message.message_annotations).toMatchObject({ "x-opt-redrives": 2 });
  });

  it("of containers that use the same name are told apart", async () => {
    const shipping = await connect("shipping");
    const receivers = [
      await client.receiver(KEPT, { name: "events" }),
      await shipping.receiver(KEPT, { name: "events" }),
    ];
    await publish(TOPIC, "<a/>");
    await rejectOne(receivers[0] as TestReceiver);
    const letter = await only();
    expect(letter.subscription).toMatchObject({ name: "events", container: "billing" });
    await letter.redrive();
    for (const receiver of receivers) receiver.credit(5);
    await client.settle();
    await shipping.settle();
    expect(receivers.map(({ bodies }) => bodies)).toEqual([["<a/>"], ["<a/>"]]);
  });

  it("of a queue go back to it, also when it is gone meanwhile", async () => {
    const receiver = await client.receiver(JOBS);
    await publish(JOBS, "1", { priority: 7 });
    await rejectOne(receiver);
    receiver.link.close();
    await client.settle();
    expect(broker.management.queues().map(({ address }) => address)).toEqual(["jobs.dead-letter"]);
    expect((await only()).subscription).toBeUndefined();
    expect(await (await only()).redrive()).toBe(true);
    expect(broker.management.queues()).toMatchObject([{ address: "jobs", messages: 1 }]);
    const again = await client.receiver(JOBS);
    again.credit(1);
    expect((await again.next()).message).toMatchObject({ body: "1", priority: 7 });
  });

  it("have all their attempts again, and do not expire at once", async () => {
    await broker.close();
    await start({ maxDeliveryAttempts: 2 });
    const receiver = await client.receiver(JOBS);
    await publish(JOBS, "late", { ttl: 1 });
    await expect.poll(async () => (await deadLetters()).map(({ reason }) => reason)).toEqual(["expired"]);
    expect(await (await only()).redrive()).toBe(true);
    for (const count of [0, 1]) {
      receiver.credit(1);
      const { message, delivery } = await receiver.next();
      expect(message.delivery_count ?? 0).toBe(count);
      delivery.modified({ delivery_failed: true });
    }
    await client.settle();
    expect(await deadLetters()).toMatchObject([{ reason: "delivery-attempts", attempts: 2, redrives: 1 }]);
  });

  it.each([
    [
      "its subscription is gone",
      "amqp:not-found",
      'there is no subscription "invoices" of container "billing" any more',
    ],
    [
      "its subscription may not have it any more",
      "amqp:unauthorized-access",
      'the subscription "invoices" of container "billing" may not receive the message any more, or its filters are others now',
    ],
  ])("stay where they are when %s", async (_why, code, message) => {
    const receiver = await client.receiver(KEPT, { name: "invoices" });
    await publish(TOPIC, "<a/>", { subject: "org.clacks.A" });
    await rejectOne(receiver);
    if (code === "amqp:not-found") receiver.link.close();
    else broker.reloadRules(NOT_FROM_TOPIC);
    await (await connect("fence")).settle();
    await expect((await only()).redrive()).rejects.toMatchObject({ code, message });
    expect(await deadLetters()).toHaveLength(1);
  });

  it("stay where they are when there is no room", async () => {
    await broker.close();
    await start({ maxQueueMessages: 1 });
    const receiver = await client.receiver(JOBS);
    await publish(JOBS, "1");
    await rejectOne(receiver);
    await publish(JOBS, "2");
    await expect((await only()).redrive()).rejects.toMatchObject({
      code: "amqp:resource-limit-exceeded",
      message: 'queue "jobs" has no room for it',
    });
    expect(await deadLetters()).toHaveLength(1);
  });

  it("that somebody has taken meanwhile are not redriven or deleted", async () => {
    const receiver = await client.receiver(JOBS);
    await publish(JOBS, "1");
    await rejectOne(receiver);
    const letter = await only();
    const taker = await client.receiver({ address: "jobs.dead-letter" });
    taker.credit(1);
    const { delivery } = await taker.next();
    expect([await letter.redrive(), letter.delete()]).toEqual([false, false]);
    delivery.accept();
    await client.settle();
    expect([await letter.redrive(), letter.delete()]).toEqual([false, false]);
  });

  it("can be deleted", async () => {
    const receiver = await client.receiver(JOBS);
    await publish(JOBS, "1");
    await rejectOne(receiver);
    expect((await only()).delete()).toBe(true);
    expect(broker.management.queues().map(({ address, messages }) => [address, messages])).toEqual([["jobs", 0]]);
  });

  it("that a client has written itself go to the queue of the address only", async () => {
    await client.receiver(KEPT, { name: "invoices" });
    const forged = {
      "x-opt-dead-letter-subscription": '["admin","billing","invoices"]',
      "x-opt-redrives": 2 ** 32 - 1,
    };
    await publish("jobs.dead-letter", "1", { message_annotations: forged });
    await expect((await only()).redrive()).rejects.toMatchObject({ code: "amqp:not-found" });
    await publish("jobs.dead-letter", "2", { message_annotations: { "x-opt-dead-letter-subscription": "[1" } });
    const [, second] = await deadLetters();
    expect(second).toMatchObject({
      subscription: undefined,
      reason: "unknown",
      id: expect.stringMatching(/^\d+$/) as string,
    });
    expect(await second?.redrive()).toBe(true);
    await publish(`${TOPIC}.dead-letter`, "3");
    const [, third] = await deadLetters();
    await expect(third?.redrive()).rejects.toMatchObject({
      message: "it is not known which subscription of org.clacks has given it up",
    });
  });
});
