import rhea from "rhea";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { RheaClient } from "../rhea-client.ts";
import type { TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const { types } = rhea;

let broker: Broker;

afterEach(async () => {
  await broker.close();
});

async function start(options: BrokerOptions = {}): Promise<RheaClient> {
  broker = await startBroker(options);
  return RheaClient.connect(broker.url());
}

function connect(containerId: string): Promise<RheaClient> {
  return RheaClient.connect(broker.url(), { container_id: containerId });
}

function described(value: unknown, descriptor: string | number): unknown {
  return types.wrap_described(value, descriptor);
}

function xquery(query: string): object {
  return { address: TOPIC, filter: { q: described(query, "apache.org:xquery-filter:string") } };
}

async function bodiesOf(receiver: TestReceiver, client: RheaClient): Promise<readonly unknown[]> {
  receiver.credit(100);
  await client.settle();
  return receiver.bodies;
}

const MESSAGES: readonly { readonly body: string; readonly [field: string]: unknown }[] = [
  { body: "<e><n>1</n></e>", subject: "phone.status", application_properties: { kind: "a", n: types.wrap_int(1) } },
  { body: "<e><n>2</n></e>", subject: "phone.call.new", application_properties: { kind: "b", n: types.wrap_int(2) } },
  { body: "no xml", subject: "job", application_properties: { kind: "b" } },
];

describe("A filter on attach", () => {
  it.each([
    ["XQuery by symbol", "apache.org:xquery-filter:string", "/e/n > 1", [1]],
    ["XQuery by code", 0x468c00000005, "/e/n = 1", [0]],
    [
      "XQuery over properties",
      0x468c00000005,
      "declare variable $n external; declare variable $kind external; $n = 2 and $kind = 'b' and $msg:subject = 'phone.call.new'",
      [1],
    ],
    ["a selector by symbol", "apache.org:selector-filter:string", "kind = 'b' AND n IS NULL", [2]],
    ["a selector by code", 0x468c00000004, "JMSType LIKE 'phone.%'", [0, 1]],
    ["a routing key by symbol", "apache.org:legacy-amqp-direct-binding:string", "job", [2]],
    ["a routing key by code", 0x468c00000000, "phone.status", [0]],
    ["a pattern by symbol", "apache.org:legacy-amqp-topic-binding:string", "phone.*", [0]],
    ["a pattern by code", 0x468c00000001, "phone.#", [0, 1]],
    ["headers by symbol", "apache.org:legacy-amqp-headers-binding:map", { "x-match": "any", kind: "a", n: 2 }, [0, 1]],
    ["headers by code", 0x468c00000002, { kind: "b", n: 2 }, [1]],
  ])("is applied and echoed: %s", async (_name, descriptor, value, expected) => {
    const client = await start();
    const receiver = await client.receiver({
      address: TOPIC,
      filter: { wanted: described(value, descriptor), unknown: described("x", "example.org:unknown") },
    });
    expect(Object.keys(receiver.link.source.filter as unknown as object)).toEqual(["wanted"]);
    const sender = await client.sender(TOPIC);
    for (const { body, ...fields } of MESSAGES) {
      expect(await sender.send(body, fields)).toEqual({ outcome: "accepted" });
    }
    expect(await bodiesOf(receiver, client)).toEqual(expected.map((at) => MESSAGES[at]?.body));
    expect(broker.counts.unrouted).toBe(MESSAGES.length - expected.length);
  });

  it("of several kinds has to be fulfilled in all of them", async () => {
    const client = await start();
    const filter = { q: described("/e", 0x468c00000005), key: described("phone.#", 0x468c00000001) };
    const more = { ...filter, s: described("n > 1", 0x468c00000004) };
    const [two, three] = [
      await client.receiver({ address: TOPIC, filter }),
      await client.receiver({ address: TOPIC, filter: more }, { name: "3" }),
    ];
    const sender = await client.sender(TOPIC);
    for (const { body, ...fields } of MESSAGES) await sender.send(body, fields);
    expect(await bodiesOf(two, client)).toEqual([MESSAGES[0]?.body, MESSAGES[1]?.body]);
    expect(await bodiesOf(three, client)).toEqual([MESSAGES[1]?.body]);
  });

  it("leaves out what the own connection sends", async () => {
    const client = await start();
    const other = await RheaClient.connect(broker.url());
    const receiver = await client.receiver({ address: TOPIC, filter: { n: described([], 0x468c00000003) } });
    await (await client.sender(TOPIC)).send("own");
    await (await other.sender(TOPIC)).send("foreign");
    expect(await bodiesOf(receiver, client)).toEqual(["foreign"]);
  });

  it.each([
    ["XQuery", 0x468c00000005, "/e[", /^filter "f" cannot be used: XPST0003 at line 1, column \d+: /],
    ["a selector", 0x468c00000004, "a = ", /^filter "f" cannot be used: the selector is wrong at character/],
    ["an XQuery of another type", 0x468c00000005, true, /its value is of type boolean; expected a string$/],
    ["headers of another type", 0x468c00000002, "x", /its value is of type string; expected a map$/],
  ])("that is wrong refuses the link: %s", async (_name, descriptor, value, message) => {
    const client = await start();
    const source = { address: TOPIC, filter: { f: described(value, descriptor) } };
    await expect(client.receiver(source)).rejects.toMatchObject({
      condition: "amqp:invalid-field",
      message: expect.stringMatching(message) as string,
    });
    expect(broker.counts.links).toBe(0);
  });
});

describe("A durable subscription", () => {
  const durable = (source: object | string): object => ({
    ...(typeof source === "string" ? { address: source } : source),
    durable: 2,
    expiry_policy: "never",
  });

  it.each([
    [
      "is detached",
      async (client: RheaClient, receiver: TestReceiver) => {
        receiver.link.detach();
        await client.settle();
      },
    ],
    ["loses its connection", async (client: RheaClient) => client.kill()],
  ])("keeps what is sent after it %s", async (_name, end) => {
    const publisher = await start();
    const first = await connect("desk");
    const receiver = await first.receiver(durable(TOPIC), { name: "alarms" });
    expect(receiver.link.source).toMatchObject({ durable: 2, expiry_policy: "never" });
    await end(first, receiver);
    const sender = await publisher.sender(TOPIC);
    await vi.waitFor(() => expect(broker.counts.links).toBe(1));
    await sender.send("missed");
    const again = await (await connect("desk")).receiver(durable(TOPIC), { name: "alarms" });
    again.credit(1);
    expect((await again.next()).body).toBe("missed");
  });

  it("is refused beyond the limit", async () => {
    const client = await start({ maxQueues: 1 });
    await client.receiver(durable(TOPIC), { name: "one" });
    await expect(client.receiver(durable(TOPIC), { name: "two" })).rejects.toMatchObject({
      condition: "amqp:resource-limit-exceeded",
    });
  });

  it("ends when it is closed", async () => {
    const client = await start();
    await (await client.receiver(durable(TOPIC), { name: "alarms" })).close();
    const sender = await client.sender(TOPIC);
    await sender.send("nobody");
    const again = await client.receiver(durable(TOPIC), { name: "alarms" });
    expect(await bodiesOf(again, client)).toEqual([]);
  });

  it("follows a changed filter from its next attach on", async () => {
    const client = await start();
    const first = await client.receiver(durable(xquery("/e/n = 1")), { name: "alarms" });
    first.link.detach();
    await client.settle();
    const again = await client.receiver(durable(xquery("/e/n = 2")), { name: "alarms" });
    const sender = await client.sender(TOPIC);
    for (const { body } of MESSAGES) await sender.send(body);
    expect(await bodiesOf(again, client)).toEqual([MESSAGES[1]?.body]);
  });
});

describe("A shared subscription", () => {
  it("gives each message to one of its consumers", async () => {
    const client = await start();
    const source = { address: TOPIC, capabilities: ["shared"] };
    const receivers = [
      await client.receiver(source, { name: "team|volatile1" }),
      await client.receiver(source, { name: "team|volatile2" }),
    ];
    for (const receiver of receivers) receiver.credit(10);
    await client.settle();
    const sender = await client.sender(TOPIC);
    for (let i = 0; i < 4; i++) await sender.send(i);
    await client.settle();
    expect(receivers.flatMap(({ bodies }) => bodies).sort()).toEqual([0, 1, 2, 3]);
    expect(receivers.map(({ bodies }) => bodies.length)).toEqual([2, 2]);
  });

  it.each([
    ["of one container", ["shared"], [0, 0]],
    ["of all containers", ["shared", "global"], [0, 1]],
  ])("is %s", async (_name, capabilities, expected) => {
    await start();
    const [one, two] = [await connect("one"), await connect("two")];
    const source = { address: TOPIC, capabilities };
    const receivers = [
      await one.receiver(source, { name: "team|global|volatile1" }),
      await two.receiver(source, { name: "team|global|volatile1" }),
    ];
    for (const receiver of receivers) receiver.credit(10);
    await Promise.all([one.settle(), two.settle()]);
    const sender = await one.sender(TOPIC);
    for (let i = 0; i < 2; i++) await sender.send(i);
    await Promise.all([one.settle(), two.settle()]);
    const numbers = receivers.flatMap(({ bodies }) => bodies).sort();
    expect(numbers.slice(0, 2)).toEqual(expected);
  });
});

describe("A message that no subscription wants", () => {
  it("is kept in the queue of unrouted messages, the newest of them", async () => {
    const client = await start({ unrouted: { maxMessages: 2 } });
    await client.receiver(xquery("/e/n = 9"));
    const sender = await client.sender(TOPIC);
    for (const { body } of MESSAGES) expect(await sender.send(body)).toEqual({ outcome: "accepted" });
    expect(broker.counts.unrouted).toBe(3);
    const receiver = await client.receiver(`${TOPIC}.unrouted`);
    expect(await bodiesOf(receiver, client)).toEqual([MESSAGES[1]?.body, MESSAGES[2]?.body]);
  });

  it("is gone unless that is asked for", async () => {
    const client = await start();
    await (await client.sender(TOPIC)).send("x");
    expect(broker.counts).toMatchObject({ unrouted: 1, queuedBytes: 0 });
  });
});

describe("The publish hook", () => {
  it("sees document, address, user and subject, and may refuse", async () => {
    const seen: unknown[] = [];
    const client = await start({
      onPublish: ({ document, ...message }) => {
        seen.push([document?.documentElement.name.localName, message]);
        return document === undefined ? { condition: "xqbus:invalid-event", description: "no XML" } : undefined;
      },
    });
    const common = { address: TOPIC, kind: "topic", isTemporary: false, user: "admin" };
    const sender = await client.sender(TOPIC);
    expect(await sender.send("<e/>", { subject: "event", content_type: "text/xml" })).toEqual({ outcome: "accepted" });
    expect(await sender.send("text")).toEqual({
      outcome: "rejected",
      error: { condition: "xqbus:invalid-event", description: "no XML" },
    });
    expect(seen).toEqual([
      ["e", { ...common, subject: "event", contentType: "text/xml", body: "<e/>" }],
      [undefined, { ...common, subject: "", contentType: undefined, body: "text" }],
    ]);
  });
});
