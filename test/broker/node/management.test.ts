import rhea from "rhea";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker } from "../../../src/broker/index.ts";
import { RheaClient } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const JOBS = { address: "jobs", capabilities: ["queue"] };

let broker: Broker;
let client: RheaClient;

beforeEach(async () => {
  broker = await startBroker({ unrouted: true });
  client = await RheaClient.connect(broker.url());
});

afterEach(async () => {
  await broker.close();
});

async function fill(count: number): Promise<void> {
  const sender = await client.sender(JOBS);
  for (let i = 0; i < count; i++) await sender.send(`job ${i}`);
}

async function bodies(address: string, max?: number): Promise<readonly unknown[]> {
  const found = await broker.management.browse(address, max === undefined ? {} : { max });
  return found.map((bytes) => rhea.message.decode(Buffer.from(bytes)).body as unknown);
}

describe("Management", () => {
  it("lists queues and looks into them without taking anything", async () => {
    await fill(3);
    const receiver = await client.receiver(JOBS);
    receiver.credit(1);
    await receiver.next();
    expect(broker.management.queues()).toEqual([
      {
        address: "jobs",
        messages: 3,
        bytes: expect.any(Number) as number,
        unsettled: 1,
        delayed: 0,
        oldestArrival: expect.any(Number) as number,
        oldestAgeMs: expect.any(Number) as number,
        ...{ received: 3, delivered: 1, receivedPerSecond: undefined, deliveredPerSecond: undefined },
        ...{ filterErrors: 0, firstFilterError: undefined },
      },
    ]);
    expect(await bodies("jobs")).toEqual(["job 1", "job 2"]);
    expect(await bodies("jobs", 1)).toEqual(["job 1"]);
  });

  it("empties a queue, but for what a consumer has", async () => {
    await fill(3);
    const receiver = await client.receiver(JOBS);
    receiver.credit(1);
    await receiver.next();
    expect(broker.management.purge("jobs")).toBe(2);
    expect(broker.management.queues()).toMatchObject([{ messages: 1, unsettled: 1 }]);
  });

  it("deletes a queue with its links", async () => {
    await fill(2);
    const sender = await client.sender(JOBS, { name: "more" });
    expect(broker.management.delete("jobs")).toBe(2);
    expect(await sender.detached()).toMatchObject({ condition: "amqp:resource-deleted" });
    expect(broker.management.queues()).toEqual([]);
    expect(broker.counts.queuedBytes).toBe(0);
  });

  it("moves messages", async () => {
    await fill(3);
    expect(await broker.management.move("jobs", "others", { max: 2 })).toBe(2);
    expect([await bodies("jobs"), await bodies("others")]).toEqual([["job 2"], ["job 0", "job 1"]]);
  });

  it("replays what came before its subscription", async () => {
    const sender = await client.sender(TOPIC);
    for (const body of ["<a/>", "<b/>", "<a/>"]) await sender.send(body);
    const filter = { q: rhea.types.wrap_described("/a", 0x468c00000005) };
    const receiver = await client.receiver({ address: TOPIC, filter });
    expect(await broker.management.replay(TOPIC)).toBe(2);
    receiver.credit(10);
    await client.settle();
    expect(receiver.bodies).toEqual(["<a/>", "<a/>"]);
    expect(await bodies(`${TOPIC}.unrouted`)).toEqual(["<b/>"]);
  });

  it("shows subscriptions, and errors of their filters", async () => {
    const filter = { q: rhea.types.wrap_described("xs:integer(/n) = 1", 0x468c00000005) };
    await client.receiver({ address: TOPIC, filter }, { name: "numbers" });
    await (await client.sender(TOPIC)).send("<n>none</n>");
    expect(broker.management.subscriptions()).toMatchObject([
      {
        topic: TOPIC,
        name: expect.stringMatching(/^subscription "numbers" of container/) as string,
        filter: "xs:integer(/n) = 1",
        kept: false,
        consumers: 1,
        filterErrors: 1,
        firstFilterError: expect.any(String) as string,
      },
    ]);
  });

  it("says when there is no such queue", () => {
    expect(() => broker.management.purge("none")).toThrow('there is no queue "none"');
  });
});
