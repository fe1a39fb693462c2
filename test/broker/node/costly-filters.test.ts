import rhea from "rhea";
import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker } from "../../../src/broker/index.ts";
import { CostlyFilters } from "../../../src/broker/node/filter/costly-filters.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { RheaClient } from "../rhea-client.ts";
import type { TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
/** Far more than any budget allows. */
const ENDLESS = "some $a in 1 to 1000000, $b in 1 to 1000000 satisfies $a = -$b";
const QUEUE = { address: "jobs", capabilities: ["queue"] };

let broker: Broker;

afterEach(() => broker.close());

function xquery(query: string): object {
  return { q: rhea.types.wrap_described(query, 0x468c00000005) };
}

async function start(): Promise<RheaClient> {
  broker = await startBroker();
  return RheaClient.connect(broker.url());
}

function ended(link: rhea.Receiver): Promise<string> {
  return new Promise((resolve) => {
    link.once("receiver_error", () => resolve((link.error as rhea.AmqpError).condition ?? ""));
  });
}

describe("A filter that costs too much", () => {
  it("ends its link on a topic after some messages, and the others get theirs", async () => {
    const client = await start();
    const [costly, other] = [
      await client.receiver({ address: TOPIC, filter: xquery(ENDLESS) }),
      await client.receiver({ address: TOPIC, filter: xquery("/e") }),
    ];
    other.credit(10);
    const end = ended(costly.link);
    const sender = await client.sender(TOPIC);
    for (let i = 0; i < 4; i++) expect(await sender.send("<e/>")).toEqual({ outcome: "accepted" });
    expect(await end).toBe("amqp:resource-limit-exceeded");
    await client.settle();
    expect(other.bodies).toHaveLength(4);
  });

  it("ends its link on a queue after some messages, and leaves them there", async () => {
    const client = await start();
    const sender = await client.sender(QUEUE);
    for (let i = 0; i < 100; i++) void sender.send("<e/>");
    await client.settle();
    const costly = await client.receiver({ ...QUEUE, filter: xquery(ENDLESS) });
    const end = ended(costly.link);
    costly.credit(1);
    expect(await end).toBe("amqp:resource-limit-exceeded");
    expect(broker.management.queues()).toMatchObject([
      { messages: 100, filterErrors: 3, firstFilterError: expect.stringContaining("steps") as string },
    ]);
  });

  it("of a kept subscription is tried again with its next link, and shown as off until then", async () => {
    const client = await start();
    const source = { address: TOPIC, durable: 2, expiry_policy: "never", filter: xquery(ENDLESS) };
    const costly = await client.receiver(source, { name: "costly" });
    const end = ended(costly.link);
    const sender = await client.sender(TOPIC);
    for (let i = 0; i < 3; i++) await sender.send("<e/>");
    await end;
    expect(broker.management.subscriptions()).toMatchObject([{ isFilterOff: true, filterErrors: 3 }]);
    await client.receiver(source, { name: "costly" });
    expect(broker.management.subscriptions()).toMatchObject([{ isFilterOff: false, consumers: 1 }]);
  });

  it("is refused when its user had too many of them", async () => {
    const clock = new VirtualClock(0);
    const costly = new CostlyFilters(clock);
    for (let i = 0; i < 9; i++) costly.count("eve");
    expect(costly.isBlocked("eve")).toBe(false);
    costly.count("eve");
    expect([costly.isBlocked("eve"), costly.isBlocked("bob")]).toEqual([true, false]);
    clock.advance(60_000);
    expect(costly.isBlocked("eve")).toBe(false);
    const client = await start();
    const receivers: TestReceiver[] = [];
    for (let i = 0; i < 10; i++) receivers.push(await client.receiver({ address: TOPIC, filter: xquery(ENDLESS) }));
    const ends = receivers.map(({ link }) => ended(link));
    const sender = await client.sender(TOPIC);
    for (let i = 0; i < 3; i++) await sender.send("<e/>");
    await Promise.all(ends);
    await expect(client.receiver({ address: TOPIC, filter: xquery("/e") })).rejects.toMatchObject({
      condition: "amqp:resource-limit-exceeded",
    });
    await client.receiver(TOPIC);
  });
});

describe("A consumer that wants little of a long queue", () => {
  it("looks a part of it at a time, so that others have their turns", async () => {
    const client = await start();
    const sender = await client.sender(QUEUE);
    const sent = Array.from({ length: 1000 }, (_, i) => sender.send(`<e>${i}</e>`));
    await Promise.all(sent);
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    const picky = await client.receiver({ ...QUEUE, filter: xquery("/e = 999") });
    count();
    picky.credit(1);
    expect((await picky.next()).body).toBe("<e>999</e>");
    isOver = true;
    // 64 small messages at a time.
    expect(turns).toBeGreaterThan(1000 / 64);
  });
});

describe("The no-local filter", () => {
  const NO_LOCAL = { n: rhea.types.wrap_described([], "apache.org:no-local-filter:list") };

  function filtersOf(link: rhea.Receiver): readonly string[] {
    return Object.keys((link.source as unknown as { filter?: object }).filter ?? {});
  }

  it("is not echoed where it is not applied: on queues and on shared subscriptions", async () => {
    const client = await start();
    const queue = await client.receiver({ ...QUEUE, filter: NO_LOCAL });
    const shared = await client.receiver({ address: TOPIC, capabilities: ["shared"], filter: NO_LOCAL });
    const topic = await client.receiver({ address: TOPIC, filter: NO_LOCAL });
    expect([queue, shared, topic].map(({ link }) => filtersOf(link))).toEqual([[], [], ["n"]]);
  });

  it("of a kept subscription is about the connection that is attached now", async () => {
    await start();
    const source = { address: TOPIC, durable: 2, expiry_policy: "never", filter: NO_LOCAL };
    const first = await RheaClient.connect(broker.url(), { container_id: "c" });
    await first.receiver(source, { name: "kept" });
    await first.close();
    const second = await RheaClient.connect(broker.url(), { container_id: "c" });
    const receiver = await second.receiver(source, { name: "kept" });
    receiver.credit(10);
    await (await second.sender(TOPIC)).send("own");
    const other = await RheaClient.connect(broker.url());
    await (await other.sender(TOPIC)).send("foreign");
    expect((await receiver.next()).body).toBe("foreign");
    await second.settle();
    expect(receiver.bodies).toEqual([]);
  });
});
