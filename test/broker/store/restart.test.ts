import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import rhea from "rhea";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { RheaClient } from "../rhea-client.ts";
import type { TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const JOBS = { address: "jobs", capabilities: ["queue"] };

let folder: string;
let broker: Broker;
let client: RheaClient;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-store-"));
});
afterEach(async () => {
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: BrokerOptions = {}): Promise<void> {
  broker = await startBroker({ unrouted: true, store: { folder }, ...options });
  client = await connect();
}

function connect(containerId = "tester"): Promise<RheaClient> {
  return RheaClient.connect(broker.url(), { container_id: containerId });
}

async function restart(options: BrokerOptions = {}): Promise<void> {
  await broker.close();
  await start(options);
}

async function publish(
  target: unknown,
  ...messages: readonly (readonly [body: unknown, fields?: object])[]
): Promise<void> {
  const sender = await client.sender(target);
  const answers = await Promise.all(messages.map(([body, fields]) => sender.send(body, fields)));
  expect(answers).toEqual(messages.map(() => ({ outcome: "accepted" })));
}

async function bodiesIn(source: unknown, count: number): Promise<readonly unknown[]> {
  const receiver = await client.receiver(source);
  receiver.credit(count + 1);
  const taken = await receiver.take(count);
  for (const { delivery } of taken) delivery.accept();
  await client.settle();
  expect(receiver.bodies).toEqual([]);
  return taken.map(({ body }) => body);
}

/** A kept subscription. */
function kept(filter?: object): object {
  return { address: TOPIC, durable: 2, expiry_policy: "never", ...(filter === undefined ? {} : { filter }) };
}

async function subscribe(source: object, name = "sub"): Promise<TestReceiver> {
  return client.receiver(source, { name });
}

describeWith([SQLITE], "A broker that is started again", () => {
  it("has the messages of its queues, in their order", async () => {
    await start();
    await publish(JOBS, ["low", { priority: 1 }], ["one"], ["two"], ["high", { priority: 9 }]);
    await restart();
    expect(broker.management.queues()).toMatchObject([{ address: "jobs", messages: 4 }]);
    expect(await bodiesIn(JOBS, 4)).toEqual(["high", "one", "two", "low"]);
    await restart();
    expect(broker.management.queues()).toEqual([]);
  });

  it("has its kept subscriptions with their filters", async () => {
    await start();
    const filter = { q: rhea.types.wrap_described("/e/n > 1", "apache.org:xquery-filter:string") };
    const receiver = await subscribe(kept(filter));
    receiver.link.detach();
    await client.settle();
    await publish(TOPIC, ["<e><n>1</n></e>"], ["<e><n>2</n></e>"]);
    await restart();
    await publish(TOPIC, ["<e><n>3</n></e>"], ["<e><n>0</n></e>"]);
    expect(broker.management.subscriptions()).toMatchObject([
      { topic: TOPIC, filter: "/e/n > 1", kept: true, messages: 2, consumers: 0 },
    ]);
    const again = await subscribe(kept(filter));
    again.credit(10);
    expect((await again.take(2)).map(({ body }) => body)).toEqual(["<e><n>2</n></e>", "<e><n>3</n></e>"]);
    expect(broker.management.queues()).toMatchObject([{ address: `${TOPIC}.unrouted`, messages: 2 }]);
  });
});
