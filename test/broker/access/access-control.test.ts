import { once } from "node:events";
import rhea from "rhea";
import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { AccessRule, Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { event } from "../../schema/harness.ts";
import { mechanism, RheaClient, TestSender } from "../rhea-client.ts";
import type { Answer, TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const QUEUE = { address: "jobs", capabilities: ["queue"] };
const USERS = { ada: "a", bob: "b" };
const ACCEPTED: Answer = { outcome: "accepted" };
const EVERYTHING: AccessRule = { effect: "allow", user: "ada", action: "*" };

let broker: Broker;
const clients: RheaClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.kill();
  await broker.close();
});

async function start(rules: readonly AccessRule[] | undefined, options: BrokerOptions = {}): Promise<void> {
  broker = await startBroker({ users: USERS, ...(rules === undefined ? {} : { rules }), ...options });
}

async function connect(user: string): Promise<RheaClient> {
  const client = await RheaClient.connect(broker.url(user), { container_id: user });
  clients.push(client);
  return client;
}

async function connectAnonymously(): Promise<RheaClient> {
  const options = { sasl_mechanisms: { ANONYMOUS: () => mechanism("me") } };
  const client = await RheaClient.connect(`amqp://127.0.0.1:${broker.port}`, options);
  clients.push(client);
  return client;
}

async function relay(client: RheaClient): Promise<TestSender> {
  const link = client.connection.open_sender({ target: {}, autosettle: true });
  await once(link, "sendable");
  return new TestSender(link);
}

async function bodiesOf(receiver: TestReceiver, client: RheaClient): Promise<readonly unknown[]> {
  receiver.credit(100);
  const fence = await client.receiver({ dynamic: true });
  await fence.close();
  return receiver.bodies;
}

function denied(description: string): Answer {
  return { outcome: "rejected", error: { condition: "amqp:unauthorized-access", description } };
}

function refusal(message: string): object {
  return { condition: "amqp:unauthorized-access", message };
}

const PHONE = event("<PhoneStatus/>");
const LEAVE = event("<ClientLeave/>");
/** A filter for either of them would find it. */
const BOTH = event("<PhoneStatus/><ClientLeave/>");

describe("Without rules", () => {
  it("every user may do everything, and nobody without a name anything", async () => {
    await start(undefined, { anonymous: true });
    for (const user of ["ada", "bob"])
      expect(await (await (await connect(user)).sender(TOPIC)).send("x")).toEqual(ACCEPTED);
    const nobody = await connectAnonymously();
    await expect(nobody.sender(TOPIC)).rejects.toMatchObject(
      refusal('user "anonymous" may not publish to "org.clacks"'),
    );
    await expect(nobody.receiver(TOPIC)).rejects.toMatchObject(
      refusal('user "anonymous" may not consume from "org.clacks"'),
    );
    await expect(nobody.receiver({ dynamic: true })).rejects.toMatchObject({ condition: "amqp:unauthorized-access" });
    expect(await (await relay(nobody)).send("x", { to: TOPIC })).toEqual(
      denied('user "anonymous" may not publish to "org.clacks"'),
    );
  });
});

describe("With rules, a user", () => {
  it("does not attach to what no rule allows", async () => {
    await start([EVERYTHING, { effect: "allow", user: "bob", action: "consume", address: "org.#" }]);
    await (await connect("ada")).receiver(TOPIC);
    const bob = await connect("bob");
    await bob.receiver(TOPIC);
    await expect(bob.sender(TOPIC)).rejects.toMatchObject(refusal('user "bob" may not publish to "org.clacks"'));
    await expect(bob.receiver("jobs")).rejects.toMatchObject(refusal('user "bob" may not consume from "jobs"'));
    await expect(bob.receiver("org.other")).rejects.toMatchObject(refusal('user "bob" may not create "org.other"'));
    expect(broker.counts.denied).toBe(3);
    expect(broker.management.queues()).toEqual([]);
  });

  it("does not get around it with the address in the message", async () => {
    await start([EVERYTHING, { effect: "allow", user: "bob", action: "publish", address: "jobs.#" }]);
    await (await connect("ada")).receiver(TOPIC);
    await (await connect("ada")).receiver("jobs.print");
    const sender = await relay(await connect("bob"));
    expect(await sender.send("x", { to: TOPIC })).toEqual(denied('user "bob" may not publish to "org.clacks"'));
    expect(await sender.send("x", { to: `topic://${TOPIC}` })).toEqual(
      denied('user "bob" may not publish to "org.clacks"'),
    );
    expect(await sender.send("x", { to: "jobs.new" })).toEqual(denied('user "bob" may not create "jobs.new"'));
    expect(await sender.send("x", { to: "jobs.print" })).toEqual(ACCEPTED);
  });

  it("has temporary addresses of its own, and answers those of others", async () => {
    await start([]);
    const [ada, bob] = [await connect("ada"), await connect("bob")];
    const replies = await ada.receiver({ dynamic: true });
    replies.credit(1);
    const { address } = replies.link.source as { readonly address: string };
    expect(await (await relay(bob)).send("yes", { to: address })).toEqual(ACCEPTED);
    expect((await replies.next()).body).toBe("yes");
  });
});

describe("Rights by event type", () => {
  const MAY_SEND: readonly AccessRule[] = [
    EVERYTHING,
    { effect: "allow", user: "bob", action: "publish", address: TOPIC, event: "Phone*" },
    { effect: "allow", user: "bob", action: "create" },
  ];

  it.each<readonly [string, unknown, object, Answer]>([
    ["the type", PHONE, {}, ACCEPTED],
    ["the type under its proper subject", PHONE, { subject: "org.clacks.event.PhoneStatus" }, ACCEPTED],
    ["the type under another routing key", PHONE, { subject: "org.clacks.phone.busy" }, ACCEPTED],
    ["another type", LEAVE, {}, denied('user "bob" may not publish an event of type "ClientLeave" to "org.clacks"')],
    [
      "another type under a subject that lies",
      LEAVE,
      { subject: "org.clacks.event.PhoneStatus", application_properties: { type: "PhoneStatus" } },
      denied('user "bob" may not publish an event of type "ClientLeave" to "org.clacks"'),
    ],
    [
      "the type under a subject that lies",
      PHONE,
      { subject: "org.clacks.event.ClientLeave" },
      denied('the subject says "ClientLeave", and the document is an event of type "PhoneStatus"'),
    ],
    [
      "another type behind the right one",
      BOTH,
      {},
      denied('user "bob" may not publish an event of type "ClientLeave" to "org.clacks"'),
    ],
    [
      "the same name in another namespace",
      event('<PhoneStatus xmlns="urn:x"/>'),
      {},
      denied('user "bob" may not publish an event of type "{urn:x}PhoneStatus" to "org.clacks"'),
    ],
    ["no event", "<PhoneStatus/>", {}, denied('user "bob" may not publish a message that is no event to "org.clacks"')],
    [
      "what cannot be read",
      `<!DOCTYPE Event>${PHONE}`,
      {},
      denied('user "bob" may not publish a message whose event type cannot be read to "org.clacks"'),
    ],
  ])("to send: %s", async (_, body, fields, answer) => {
    await start(MAY_SEND);
    const bob = await connect("bob");
    expect(await (await bob.sender(TOPIC)).send(body, fields)).toEqual(answer);
    expect(await (await relay(bob)).send(body, { ...fields, to: TOPIC })).toEqual(answer);
    expect(broker.counts.denied).toBe(answer.outcome === "accepted" ? 0 : 2);
  });

  it("to receive hold for every subscription, beside its filters, and are counted", async () => {
    await start([
      EVERYTHING,
      { effect: "allow", user: "bob", action: "consume", address: TOPIC, event: "PhoneStatus" },
    ]);
    const [ada, bob] = [await connect("ada"), await connect("bob")];
    const all = await ada.receiver(TOPIC);
    const plain = await bob.receiver(TOPIC);
    const query = rhea.types.wrap_described("/*:Event/*:ClientLeave", "apache.org:xquery-filter:string") as unknown;
    const filtered = await bob.receiver({ address: TOPIC, filter: { query } });
    const kept = await bob.receiver({ address: TOPIC, expiry_policy: "never" }, { name: "kept" });
    const sender = await ada.sender(TOPIC);
    for (const body of [PHONE, LEAVE, BOTH, "text"]) expect(await sender.send(body)).toEqual(ACCEPTED);
    expect(await bodiesOf(all, ada)).toEqual([PHONE, LEAVE, BOTH, "text"]);
    expect(await bodiesOf(plain, bob)).toEqual([PHONE]);
    expect(await bodiesOf(filtered, bob)).toEqual([]);
    expect(await bodiesOf(kept, bob)).toEqual([PHONE]);
    expect(broker.counts.withheld).toBe(3 + 2 + 3);
  });

  it("to receive leave in a queue what is for others", async () => {
    await start([
      EVERYTHING,
      { effect: "allow", user: "bob", action: "consume", address: "jobs", event: "PhoneStatus" },
    ]);
    const [ada, bob] = [await connect("ada"), await connect("bob")];
    const sender = await ada.sender(QUEUE);
    for (const body of [LEAVE, PHONE]) await sender.send(body);
    expect(await bodiesOf(await bob.receiver(QUEUE), bob)).toEqual([PHONE]);
    expect(await bodiesOf(await bob.receiver({ ...QUEUE, distribution_mode: "copy" }), bob)).toEqual([]);
    expect(await bodiesOf(await ada.receiver(QUEUE), ada)).toEqual([LEAVE]);
  });
});

describe("New rules", () => {
  it("hold for links that are attached, and end those that they do not allow", async () => {
    await start([EVERYTHING, { effect: "allow", user: "bob", action: "*" }]);
    const [ada, bob] = [await connect("ada"), await connect("bob")];
    const receiver = await bob.receiver(TOPIC);
    const sender = await bob.sender(TOPIC);
    const ended = once(receiver.link, "receiver_error");
    broker.reloadRules([EVERYTHING, { effect: "allow", user: "bob", action: "publish", event: "PhoneStatus" }]);
    await ended;
    expect(receiver.link.error).toMatchObject({ condition: "amqp:unauthorized-access" });
    await ada.receiver(TOPIC);
    expect(await sender.send(PHONE)).toEqual(ACCEPTED);
    expect(await sender.send(LEAVE)).toMatchObject({ outcome: "rejected" });
    const gone = sender.detached();
    broker.reloadRules([EVERYTHING]);
    expect(await gone).toMatchObject(refusal('user "bob" may not publish to "org.clacks"'));
  });

  it("may be the first ones: all links are attached again, and then they hold", async () => {
    await start(undefined);
    const [ada, bob] = [await connect("ada"), await connect("bob")];
    const sender = await ada.sender(QUEUE);
    const queue = await bob.receiver(QUEUE);
    const kept = { address: TOPIC, durable: 2, expiry_policy: "never" };
    await bob.receiver(kept, { name: "kept" });
    const ended = [once(queue.link, "receiver_error"), sender.detached()] as const;
    broker.reloadRules([
      EVERYTHING,
      { effect: "allow", user: "bob", action: "consume", event: "PhoneStatus" },
      { effect: "allow", user: "bob", action: "create" },
    ]);
    await ended[0];
    expect(await ended[1]).toMatchObject({ condition: "amqp:link:detach-forced" });
    const [again, events] = [await ada.sender(QUEUE), await ada.sender(TOPIC)];
    for (const body of [LEAVE, PHONE]) for (const link of [again, events]) await link.send(body);
    expect(await bodiesOf(await bob.receiver(QUEUE), bob)).toEqual([PHONE]);
    expect(await bodiesOf(await bob.receiver(kept, { name: "kept" }), bob)).toEqual([PHONE]);
  });

  it("hold for what is queued in subscriptions already", async () => {
    await start([EVERYTHING, { effect: "allow", user: "bob", action: "*" }]);
    const [ada, bob] = [await connect("ada"), await connect("bob")];
    const receiver = await bob.receiver(TOPIC);
    const sender = await ada.sender(TOPIC);
    for (let i = 0; i < 100; i++) await sender.send(LEAVE);
    await sender.send(PHONE);
    broker.reloadRules([EVERYTHING, { effect: "allow", user: "bob", action: "consume", event: "PhoneStatus" }]);
    receiver.credit(10);
    expect((await receiver.next()).body).toBe(PHONE);
    expect(broker.counts).toMatchObject({ withheld: 100, delivered: 1 });
    expect(broker.management.subscriptions()).toMatchObject([{ messages: 1 }]);
  });

  it("that are wrong change nothing", async () => {
    await start([EVERYTHING]);
    expect(() => broker.reloadRules([{ ...EVERYTHING, user: "" }])).toThrow("rule 1: user is");
    await (await connect("ada")).receiver(TOPIC);
  });
});

describe("New users", () => {
  it("may log in, and those that are gone are turned out", async () => {
    await start(undefined);
    const bob = await connect("bob");
    const closed = once(bob.connection, "connection_close");
    const ada = await connect("ada");
    broker.reloadUsers({ ada: "new", eve: "e" });
    await closed;
    expect(bob.connection.error).toMatchObject({
      condition: "amqp:unauthorized-access",
      description: "the user does not exist any more",
    });
    await ada.receiver(TOPIC);
    await connect("ada");
    await connect("eve");
    await expect(RheaClient.connect(`amqp://ada:a@127.0.0.1:${broker.port}`)).rejects.toMatchObject({
      condition: "amqp:unauthorized-access",
    });
    expect(() => broker.reloadUsers({})).toThrow("users is empty");
  });
});
