import { afterEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { RheaClient } from "../rhea-client.ts";
import type { Received, TestReceiver } from "../rhea-client.ts";

let broker: Broker;

afterEach(async () => {
  await broker.close();
});

async function start(options: BrokerOptions = {}): Promise<RheaClient> {
  broker = await startBroker(options);
  return RheaClient.connect(broker.url());
}

const JOBS = { address: "jobs", capabilities: ["queue"] };

async function fill(client: RheaClient, bodies: readonly unknown[], fields: readonly object[] = []): Promise<void> {
  const sender = await client.sender(JOBS);
  for (const [i, body] of bodies.entries()) {
    expect(await sender.send(body, fields[i] ?? {})).toEqual({ outcome: "accepted" });
  }
}

async function bodiesOf(receiver: TestReceiver, count: number): Promise<readonly unknown[]> {
  receiver.credit(count);
  return (await receiver.take(count)).map(({ body, delivery }) => {
    delivery.accept();
    return body;
  });
}

function fail({ delivery }: Received): void {
  delivery.modified({ delivery_failed: true, undeliverable_here: false });
}

describe("A queue", () => {
  it.each([
    ["by capability", JOBS],
    ["by prefix", { address: "queue://jobs" }],
  ])("keeps messages until a consumer comes, asked for %s", async (_name, target) => {
    const client = await start();
    const sender = await client.sender(target);
    await sender.send("early");
    expect(await bodiesOf(await client.receiver(target), 1)).toEqual(["early"]);
    await vi.waitFor(() => expect(broker.counts.queuedBytes).toBe(0));
  });

  it("gives each message to one of its consumers, in turns", async () => {
    const client = await start();
    const other = await RheaClient.connect(broker.url());
    const receivers = [await client.receiver(JOBS), await other.receiver(JOBS)];
    for (const receiver of receivers) receiver.credit(100);
    await client.settle();
    await other.settle();
    await fill(client, [0, 1, 2, 3, 4, 5]);
    await vi.waitFor(() => expect(receivers.map(({ bodies }) => bodies.length)).toEqual([3, 3]));
    expect(receivers.flatMap(({ bodies }) => bodies).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("gives a burst to consumers in turns as well", async () => {
    const client = await start();
    const other = await RheaClient.connect(broker.url());
    const receivers = [await client.receiver(JOBS), await other.receiver(JOBS)];
    for (const receiver of receivers) receiver.credit(100);
    await client.settle();
    await other.settle();
    const sender = await client.sender(JOBS);
    await Promise.all(Array.from({ length: 60 }, (_, i) => sender.send(i)));
    await vi.waitFor(() => expect(receivers.flatMap(({ bodies }) => bodies)).toHaveLength(60));
    expect(receivers.map(({ bodies }) => bodies.length).every((count) => count >= 20)).toBe(true);
  });

  it("is not held up by a consumer without credit", async () => {
    const client = await start();
    await client.receiver(JOBS, { name: "stalled" });
    const receiver = await client.receiver(JOBS);
    await fill(client, [1, 2, 3]);
    expect(await bodiesOf(receiver, 3)).toEqual([1, 2, 3]);
  });

  it("delivers by priority first", async () => {
    const client = await start();
    await fill(client, ["low", "none", "high", "none too"], [{ priority: 1 }, {}, { priority: 9 }, {}]);
    expect(await bodiesOf(await client.receiver(JOBS), 4)).toEqual(["high", "none", "none too", "low"]);
  });

  it("can be browsed without losing anything", async () => {
    const client = await start();
    await fill(client, [1, 2]);
    const browser = await client.receiver({ ...JOBS, distribution_mode: "copy" });
    expect(browser.link.source.distribution_mode).toBe("copy");
    expect(await bodiesOf(browser, 2)).toEqual([1, 2]);
    expect(await bodiesOf(await client.receiver(JOBS), 2)).toEqual([1, 2]);
  });

  it("gives back what a consumer had that goes", async () => {
    const client = await start();
    await fill(client, [1, 2]);
    const first = await client.receiver(JOBS, { name: "first" });
    first.credit(2);
    await first.take(2);
    await first.close();
    expect(await bodiesOf(await client.receiver(JOBS, { name: "second" }), 2)).toEqual([1, 2]);
  });

  it("gives a consumer with a selector what it wants, and leaves the rest", async () => {
    const client = await start();
    const { types } = await import("rhea");
    const filter = { s: types.wrap_described("kind = 'b' AND n > 1", 0x468c00000004) };
    const properties = [
      { application_properties: { kind: "a", n: types.wrap_int(2) } },
      { application_properties: { kind: "b", n: types.wrap_int(1) } },
      { application_properties: { kind: "b", n: types.wrap_int(2) } },
    ];
    await fill(client, ["a2", "b1", "b2"], properties);
    expect(await bodiesOf(await client.receiver({ ...JOBS, filter }), 1)).toEqual(["b2"]);
    expect(await bodiesOf(await client.receiver(JOBS, { name: "all" }), 2)).toEqual(["a2", "b1"]);
  });

  it.each([
    ["capability", { ...JOBS, capabilities: ["queue", "exclusive"] }, {}],
    ["property of its link", JOBS, { properties: { "x-opt-exclusive": true } }],
  ])("may have one consumer that wants to be the only one, by %s", async (how, source, options) => {
    const client = await start();
    const first = await client.receiver(JOBS);
    const locked = { condition: "amqp:resource-locked" };
    await expect(client.receiver(source, options)).rejects.toMatchObject({
      ...locked,
      message: 'queue "jobs" has 1 consumers, and this one wants to be the only one',
    });
    await first.close();
    const only = await client.receiver(source, options);
    if (how === "capability") expect(only.link.source.capabilities).toEqual(["queue", "exclusive"]);
    await expect(client.receiver(JOBS)).rejects.toMatchObject({
      ...locked,
      message: 'queue "jobs" has an exclusive consumer',
    });
    await client.receiver({ ...JOBS, distribution_mode: "copy" });
    await fill(client, ["x"]);
    expect(await bodiesOf(only, 1)).toEqual(["x"]);
    await only.close();
    await (await client.receiver(JOBS)).close();
    await client.receiver(source, options);
  });

  it("grants the capabilities that it has, and no others", async () => {
    const client = await start();
    const source = { address: "jobs", capabilities: ["queue", "shared", "example:other"] };
    expect((await client.receiver(source)).link.source.capabilities).toEqual(["queue"]);
    expect((await client.sender(source)).link.target.capabilities).toEqual(["queue"]);
  });

  it("is no topic", async () => {
    const client = await start();
    await client.receiver(JOBS);
    await expect(client.receiver({ address: "jobs", capabilities: ["topic"] })).rejects.toMatchObject({
      condition: "amqp:not-allowed",
      message: '"jobs" is a queue, not a topic',
    });
  });

  it("goes when it is empty and nobody uses it", async () => {
    const client = await start({ maxQueues: 1 });
    const sender = await client.sender(JOBS);
    const second = { address: "more jobs", capabilities: ["queue"] };
    await expect(client.sender(second)).rejects.toMatchObject({
      condition: "amqp:resource-limit-exceeded",
      message: "there are 1 queues and kept subscriptions, the limit (maxQueues)",
    });
    sender.link.close();
    await client.settle();
    await client.sender(second);
  });

  it("withholds credit from publishers when it is nearly full", async () => {
    const client = await start({ maxQueueMessages: 20, publisherCredit: 4 });
    const sender = await client.sender(JOBS);
    for (let i = 0; i < 16; i++) void sender.send(i);
    await vi.waitFor(() => expect(broker.counts.received).toBe(16));
    await client.settle();
    const link = sender.link as unknown as { readonly credit: number };
    const before = link.credit;
    expect(before).toBeLessThan(4);
    expect(await bodiesOf(await client.receiver(JOBS), 16)).toHaveLength(16);
    await vi.waitFor(() => expect(link.credit).toBeGreaterThan(before));
    expect(broker.counts.refused).toBe(0);
  });
});

describe("A message that is given up", () => {
  const DEAD = "jobs.dead-letter";

  it.each([
    ["after too many attempts", "delivery-attempts", 2, fail],
    ["when it is rejected", "rejected", 0, ({ delivery }: Received) => delivery.reject()],
  ] as const)("%s is a dead letter with its story", async (_name, reason, count, answer) => {
    const client = await start({ maxDeliveryAttempts: 2 });
    await fill(client, ["poison"], [{ message_annotations: { "x-opt-own": "kept" }, ttl: 60_000 }]);
    const receiver = await client.receiver(JOBS);
    receiver.credit(2);
    const before = Date.now();
    const dead = await client.receiver(DEAD);
    dead.credit(1);
    const handle = async (): Promise<void> => {
      for (;;) {
        answer(await receiver.next());
      }
    };
    void handle();
    const { message, delivery } = await dead.next();
    delivery.accept();
    expect(message.body).toBe("poison");
    const { "x-opt-dead-letter-time": time, ...annotations } = message.message_annotations ?? {};
    expect(annotations).toMatchObject({
      "x-opt-own": "kept",
      "x-opt-dead-letter-reason": reason,
      "x-opt-dead-letter-origin": "jobs",
      "x-opt-dead-letter-count": count,
    });
    expect(Number(time)).toBeGreaterThanOrEqual(before);
    expect(broker.counts).toMatchObject({ deadLettered: 1, dropped: 0 });
  });
});
