import { once } from "node:events";
import rhea from "rhea";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { composite } from "./protocol/rhea-types.ts";
import { RheaClient } from "./rhea-client.ts";
import type { TestReceiver, TestSender } from "./rhea-client.ts";

let broker: Broker;
let asker: RheaClient;
let answerer: RheaClient;

beforeEach(async () => {
  broker = await startBroker();
  asker = await RheaClient.connect(broker.url());
  answerer = await RheaClient.connect(broker.url());
});

afterEach(async () => {
  await broker.close();
});

async function temporary(policy?: number): Promise<{ readonly replies: TestReceiver; readonly address: string }> {
  const properties = policy === undefined ? {} : { dynamic_node_properties: { "lifetime-policy": composite(policy) } };
  const replies = await asker.receiver({ dynamic: true, ...properties });
  replies.credit(10);
  return { replies, address: replies.link.source.address };
}

/** A link without address. rhea's test client waits for an address, which this one never has. */
async function relay(client: RheaClient): Promise<TestSender> {
  const link = client.connection.open_sender({ target: {} });
  await once(link, "sendable");
  const named = await client.sender("named");
  return Object.assign(Object.create(Object.getPrototypeOf(named) as object) as TestSender, { link });
}

describe("A temporary topic", () => {
  it("takes answers over a link with its address", async () => {
    const { replies, address } = await temporary();
    expect(address).toMatch(/^xqbus:temporary:[0-9a-f-]{36}$/);
    expect(replies.link.source.dynamic).toBe(true);
    expect(await (await answerer.sender(address)).send("yes")).toEqual({ outcome: "accepted" });
    expect((await replies.next()).body).toBe("yes");
  });

  it("has an address of its own each time", async () => {
    expect((await temporary()).address).not.toBe((await temporary()).address);
  });

  it.each([
    ["delete-on-close", 0x2b],
    ["delete-on-no-messages", 0x2d],
    ["no policy", undefined],
  ])("with %s goes with the link that made it, and other links with it", async (_name, policy) => {
    const { replies, address } = await temporary(policy);
    const sender = await answerer.sender(address);
    await replies.close();
    expect(await sender.detached()).toMatchObject({ condition: "amqp:resource-deleted" });
    await expect(answerer.sender(address)).rejects.toMatchObject({ condition: "amqp:not-found" });
    await vi.waitFor(() => expect(broker.counts.links).toBe(0));
  });

  it.each([
    ["delete-on-no-links", 0x2c],
    ["delete-on-no-links-or-messages", 0x2e],
  ])("with %s goes with its last link", async (_name, policy) => {
    const { replies, address } = await temporary(policy);
    const sender = await answerer.sender(address);
    await replies.close();
    expect(await sender.send("to nobody")).toEqual({ outcome: "accepted" });
    const closed = once(sender.link, "sender_close");
    sender.link.close();
    await closed;
    await expect(answerer.sender(address)).rejects.toMatchObject({ condition: "amqp:not-found" });
  });

  it("with delete-on-no-links goes with its last link, also where messages are left in a queue", async () => {
    const properties = { "lifetime-policy": composite(0x2c) };
    const source = { dynamic: true, dynamic_node_properties: properties, capabilities: ["temporary-queue"] };
    const replies = await asker.receiver(source);
    const sender = await answerer.sender(replies.link.source.address);
    await replies.close();
    await sender.send("left behind");
    expect(broker.management.queues()).toHaveLength(1);
    sender.link.close();
    await answerer.settle();
    expect(broker.management.queues()).toEqual([]);
  });

  it("goes with the connection of its owner", async () => {
    const { address } = await temporary();
    const sender = await answerer.sender(address);
    asker.kill();
    expect(await sender.detached()).toMatchObject({ condition: "amqp:resource-deleted" });
  });

  it("can be made by a publisher", async () => {
    const sender = await asker.sender({ dynamic: true });
    const address = sender.link.target.address;
    const receiver = await answerer.receiver(address);
    receiver.credit(1);
    await sender.send("made");
    expect((await receiver.next()).body).toBe("made");
  });
});

describe("A publisher without address", () => {
  it("sends each message where the message wants to go", async () => {
    const { replies, address } = await temporary();
    const other = await asker.receiver("org.clacks");
    other.credit(1);
    const { link } = await relay(answerer);
    link.send({ to: address, message_id: "1", body: "to the asker" });
    link.send({ to: "org.clacks", body: "to everybody" });
    link.send({ to: "org.nobody", body: "to nobody" });
    expect((await replies.next()).body).toBe("to the asker");
    expect((await other.next()).body).toBe("to everybody");
    await vi.waitFor(() => expect(broker.counts.unrouted).toBe(1));
  });

  it.each([
    ["that goes nowhere", {}, "the message has no address in its property to, which a link without address needs"],
    [
      "to a temporary topic that is gone",
      { to: "xqbus:temporary:x" },
      "there is no temporary topic xqbus:temporary:x any more",
    ],
  ])("gets a message %s back", async (_name, properties, description) => {
    const { link } = await relay(answerer);
    const rejected = once(link, "rejected");
    link.send(rhea.message.encode({ ...properties, body: "x" }), undefined, 0);
    const [{ delivery }] = (await rejected) as [{ delivery: { remote_state: { error: object } } }];
    expect(delivery.remote_state.error).toMatchObject({ condition: "amqp:not-found", description });
    link.send({ to: "org.clacks", body: "goes on" });
    await once(link, "accepted");
  });

  it("is what the broker offers", () => {
    const { offered_capabilities } = (
      asker.connection as unknown as { remote: { open: { offered_capabilities: unknown } } }
    ).remote.open;
    expect(JSON.stringify(offered_capabilities)).toContain("ANONYMOUS-RELAY");
  });
});
