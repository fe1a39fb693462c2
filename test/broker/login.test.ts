import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import {
  AMQP_HEADER,
  attachSender,
  BEGIN,
  frames,
  MESSAGE,
  OPEN,
  RawClient,
  rawFrame,
  SASL_HEADER,
} from "./raw-client.ts";
import { mechanism, plain, RheaClient } from "./rhea-client.ts";

let broker: Broker;

afterEach(async () => {
  await broker.close();
});

/** A login of `admin`, password `right`, by the rows of a table. */
const FAILED = { condition: "amqp:unauthorized-access", message: "Failed to authenticate: 1" };

describe("A login", () => {
  it.each([
    ["a wrong password", plain("\0admin\0wrong")],
    ["an unknown user", plain("\0nobody\0right")],
    ["the beginning of the password", plain("\0admin\0righ")],
    ["more than the password", plain("\0admin\0right\0")],
    ["an empty password", plain("\0admin\0")],
    ["somebody else's authorization", plain("root\0admin\0right")],
    ["no NUL characters", plain("admin")],
    ["an empty response", plain("")],
    ["the mechanism ANONYMOUS although it is not offered", { PLAIN: () => mechanism("") }],
  ])("with %s is refused", async (_name, mechanisms) => {
    broker = await startBroker({ users: { admin: "right" } });
    await expect(RheaClient.connect(broker.url(), { sasl_mechanisms: mechanisms })).rejects.toMatchObject(FAILED);
    expect(broker.counts).toMatchObject({ failedLogins: 1, connections: 0 });
  });

  it.each([["ANONYMOUS"], ["EXTERNAL"], ["SCRAM-SHA-256"], ["__proto__"], [""]])(
    "with the mechanism %j is refused, and the connection closed",
    async (name) => {
      broker = await startBroker();
      const client = await RawClient.connect(broker);
      client.write(SASL_HEADER, saslInit({ mechanism: name, initial_response: Buffer.from("\0admin") }));
      const answer = await client.closed;
      // sasl-outcome with the code 1
      expect(answer.subarray(-8).toString("hex")).toBe("005344c003015001");
      expect(broker.counts.failedLogins).toBe(1);
    },
  );

  it("cannot be left out", async () => {
    broker = await startBroker();
    const client = await RawClient.connect(broker);
    client.write(AMQP_HEADER, OPEN);
    // The answer tells that a login is expected.
    expect(await client.closed).toEqual(SASL_HEADER);
    expect(broker.counts).toMatchObject({ connections: 0, faults: 1 });
  });

  it("can be tried once for each connection", async () => {
    broker = await startBroker({ users: { admin: "right" } });
    const client = await RawClient.connect(broker);
    const wrong = saslInit({ mechanism: "PLAIN", initial_response: Buffer.from("\0admin\0wrong") });
    const right = saslInit({ mechanism: "PLAIN", initial_response: Buffer.from("\0admin\0right") });
    const first = frames.write_frame(
      frames.amqp_frame(0, frames.transfer({ handle: 0, delivery_id: 0, delivery_tag: Buffer.from("a") }), MESSAGE),
    );
    client.write(SASL_HEADER, wrong, right, AMQP_HEADER, OPEN, BEGIN, attachSender(), first);
    expect((await client.closed).toString("latin1")).not.toContain("xqbus");
    expect(broker.counts).toMatchObject({ failedLogins: 1, connections: 0, links: 0, received: 0 });
  });

  it("must not start with another frame", async () => {
    broker = await startBroker();
    const client = await RawClient.connect(broker);
    client.write(SASL_HEADER, rawFrame(Buffer.from([0x00, 0x53, 0x43, 0x45]), 1));
    await client.closed;
    expect(broker.counts).toMatchObject({ connections: 0, faults: 1 });
  });

  it("may come in one piece with what follows it", async () => {
    broker = await startBroker({ users: { admin: "right" } });
    const client = await RawClient.connect(broker);
    const init = saslInit({ mechanism: "PLAIN", initial_response: Buffer.from("\0admin\0right") });
    client.write(SASL_HEADER, init, AMQP_HEADER, OPEN, frames.write_frame(frames.amqp_frame(0, frames.close({}))));
    expect((await client.closed).toString("latin1")).toContain("xqbus");
  });

  it("works with names and passwords of any language", async () => {
    const users = { müller: "pässwörd / ?#@:%", 日本: "🔑", admin: "a b" };
    broker = await startBroker({ users });
    for (const user of Object.keys(users)) {
      const client = await RheaClient.connect(broker.url(user));
      await client.close();
    }
    expect(broker.url("müller", "org.clacks")).toBe(
      `amqp://m%C3%BCller:p%C3%A4ssw%C3%B6rd%20%2F%20%3F%23%40%3A%25@127.0.0.1:${broker.port}/org.clacks`,
    );
  });

  it("may name the user as the one to act for", async () => {
    broker = await startBroker({ users: { admin: "right" } });
    const client = await RheaClient.connect(broker.url(), { sasl_mechanisms: plain("admin\0admin\0right") });
    await client.close();
  });
});

describe("Without users", () => {
  it("there is admin with a password of its own for each broker", async () => {
    broker = await startBroker();
    const other = await startBroker();
    const [mine, others] = [new URL(broker.url()), new URL(other.url())];
    await other.close();
    expect([mine.username, others.username]).toEqual(["admin", "admin"]);
    expect(mine.password).toMatch(/^[\w-]{32}$/);
    expect(mine.password).not.toBe(others.password);
    await (await RheaClient.connect(broker.url())).close();
  });
});

function saslInit(fields: object): Buffer {
  return frames.write_frame(frames.sasl_frame(frames.sasl_init(fields)));
}
