import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTestBus } from "../../../src/testing/index.ts";
import type { TestBus } from "../../../src/testing/index.ts";
import { connectToBus } from "../in-process-client.ts";

const JOBS = { address: "jobs", capabilities: ["queue"] };

let bus: TestBus;

beforeEach(() => {
  bus = createTestBus({ now: 1_000_000, broker: { users: { ada: "secret" }, publisherCredit: 100 } });
});

afterEach(async () => {
  await bus.close();
});

describe("Management of connections", () => {
  it("lists those that have logged in, with their links", async () => {
    const { management } = bus.broker;
    expect(management.connections()).toEqual([]);
    const client = await connectToBus(bus.url, { container_id: "desk" });
    const sender = await client.sender(JOBS, { name: "out" });
    for (let i = 0; i < 3; i++) await sender.send(i);
    const receiver = await client.receiver(JOBS, { name: "in" });
    receiver.credit(5);
    const [first] = await receiver.take(3);
    first?.delivery.accept();
    client.connection.open_sender({ name: "relay", target: {} });
    await bus.settle();
    expect(management.connections()).toEqual([
      {
        ...{ id: expect.any(Number) as number, user: "ada", containerId: "desk", sessions: 1, unreadBytes: 0 },
        connectedAt: expect.any(Number) as number,
        links: [
          { name: "out", role: "publisher", address: "jobs", messages: 3, credit: 97, unsettled: 0 },
          { name: "in", role: "consumer", address: "jobs", messages: 3, credit: 2, unsettled: 2 },
          { name: "relay", role: "publisher", address: undefined, messages: 0, credit: 100, unsettled: 0 },
        ],
      },
    ]);
    client.kill();
    await bus.settle();
    expect(management.connections()).toEqual([]);
  });

  it("closes one of them with a reason, and gives back what it had", async () => {
    const { management } = bus.broker;
    const [client, other] = [await connectToBus(bus.url), await connectToBus(bus.url)];
    const sender = await other.sender(JOBS);
    await sender.send("job");
    const receiver = await client.receiver(JOBS);
    receiver.credit(1);
    await receiver.next();
    const [first] = management.connections();
    const closed = once(client.connection, "connection_error");
    management.closeConnection(first?.id ?? 0, "maintenance");
    await closed;
    expect(client.connection.error).toMatchObject({ condition: "amqp:connection:forced", description: "maintenance" });
    await vi.waitFor(() => expect(bus.broker.counts).toMatchObject({ connections: 1, links: 1 }));
    expect(management.queues()).toMatchObject([{ messages: 1, unsettled: 0 }]);
    expect(() => management.closeConnection(first?.id ?? 0)).toThrow(
      expect.objectContaining({ code: "amqp:not-found", message: `there is no connection ${first?.id}` }) as Error,
    );
    expect(await sender.send("goes on")).toEqual({ outcome: "accepted" });
  });
});

describe("Rates and ages", () => {
  it("are those since a look some seconds ago", async () => {
    const { management } = bus.broker;
    expect(management.rates()).toEqual({ received: 0, bytes: 0, delivered: 0, accepted: 0, refused: 0 });
    const client = await connectToBus(bus.url);
    const sender = await client.sender(JOBS);
    await sender.send("x");
    expect(management.queues()).toMatchObject([
      { received: 1, receivedPerSecond: undefined, oldestArrival: 1_000_000, oldestAgeMs: 0 },
    ]);
    await bus.advanceTime(2000);
    for (let i = 0; i < 9; i++) await sender.send("x");
    const receiver = await client.receiver(JOBS);
    receiver.credit(4);
    for (const { delivery } of await receiver.take(4)) delivery.accept();
    await bus.settle();
    expect(management.rates()).toMatchObject({ received: 5, delivered: 2, accepted: 2, refused: 0 });
    expect(management.queues()).toMatchObject([
      { messages: 6, received: 10, delivered: 4, receivedPerSecond: 4.5, deliveredPerSecond: 2, oldestAgeMs: 0 },
    ]);
    await bus.advanceTime(20_000);
    await sender.send("x");
    // The first look is 22 s ago, the one before this 20 s: that is the newest of those that are old enough.
    expect(management.rates()).toMatchObject({ received: 0.05, delivered: 0, accepted: 0 });
    expect(management.queues()).toMatchObject([
      { receivedPerSecond: 0.05, deliveredPerSecond: 0, oldestAgeMs: 20_000 },
    ]);
  });

  it("do not depend on how many ask", async () => {
    const { management } = bus.broker;
    const client = await connectToBus(bus.url);
    const sender = await client.sender(JOBS);
    for (let second = 0; second < 60; second++) {
      await bus.advanceTime(1000);
      await sender.send("x");
      for (let i = 0; i < 3; i++) management.rates();
    }
    expect(management.rates().received).toBe(1);
  });
});
