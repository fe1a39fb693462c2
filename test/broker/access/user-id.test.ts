import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { RheaClient, TestSender } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const ACCEPTED = { outcome: "accepted" };

let broker: Broker;
let client: RheaClient;

afterEach(async () => {
  client.kill();
  await broker.close();
});

async function connect(options: BrokerOptions = {}): Promise<void> {
  broker = await startBroker({ users: { ada: "a", müller: "m" }, ...options });
  client = await RheaClient.connect(broker.url("ada"), { container_id: "ada" });
}

function denied(description: string): object {
  return { outcome: "rejected", error: { condition: "amqp:unauthorized-access", description } };
}

describe("The user-id of a message", () => {
  it("is the sender's login or nothing", async () => {
    await connect();
    const sender = await client.sender(TOPIC);
    expect(await sender.send("x", { user_id: Buffer.from("ada") })).toEqual(ACCEPTED);
    expect(await sender.send("x")).toEqual(ACCEPTED);
    expect(await sender.send("x", { user_id: Buffer.from("bob") })).toEqual(
      denied('the message\'s user-id is "bob", and the login is "ada"'),
    );
    expect(await sender.send("x", { user_id: Buffer.from("") })).toEqual(
      denied('the message\'s user-id is "", and the login is "ada"'),
    );
    expect(broker.counts.denied).toBe(2);
  });

  it("is compared as UTF-8", async () => {
    await connect();
    client.kill();
    client = await RheaClient.connect(broker.url("müller"), { container_id: "m" });
    const sender = await client.sender(TOPIC);
    expect(await sender.send("x", { user_id: Buffer.from("müller") })).toEqual(ACCEPTED);
    expect(await sender.send("x", { user_id: Buffer.from("müller", "latin1") })).toMatchObject({ outcome: "rejected" });
  });

  it("is that of the login on a link without address, too", async () => {
    await connect();
    const link = client.connection.open_sender({ target: {}, autosettle: true });
    await once(link, "sendable");
    const answer = await new TestSender(link).send("x", { to: TOPIC, user_id: Buffer.from("bob") });
    expect(answer).toEqual(denied('the message\'s user-id is "bob", and the login is "ada"'));
  });

  it("cannot hide behind other properties that nobody can read", async () => {
    await connect();
    const sender = await client.sender(TOPIC);
    // Properties with a user-id, and with a number as `to`; then the body.
    const foreign = Buffer.concat([
      Buffer.from([0x00, 0x53, 0x73, 0xc0, 0x08, 0x03, 0x40, 0xa0, 0x03]),
      Buffer.from("bob"),
      Buffer.from([0x43, 0x00, 0x53, 0x75, 0xa0, 0x01, 0x78]),
    ]);
    expect(await sender.sendBytes(foreign)).toEqual(denied('the message\'s user-id is "bob", and the login is "ada"'));
    // A user-id that is a string.
    const text = Buffer.from([
      0x00, 0x53, 0x73, 0xc0, 0x05, 0x02, 0x40, 0xa1, 0x01, 0x62, 0x00, 0x53, 0x75, 0xa0, 0x00,
    ]);
    expect(await sender.sendBytes(text)).toEqual(
      denied('the message\'s user-id cannot be read, and the login is "ada"'),
    );
  });

  it("is anything where the broker is told so", async () => {
    await connect({ userIds: "pass" });
    const sender = await client.sender(TOPIC);
    expect(await sender.send("x", { user_id: Buffer.from("bob") })).toEqual(ACCEPTED);
  });

  it("is verified or passed, and nothing else", async () => {
    await connect();
    await expect(startBroker({ userIds: "guess" as "pass" })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: 'userIds is "guess"; expected verify or pass',
    });
  });
});
