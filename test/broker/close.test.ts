import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { RawClient, SASL_HEADER, sessionStart } from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";

let broker: Broker | undefined;

afterEach(async () => {
  await broker?.close();
});

describe("Closing a broker", () => {
  it("tells every client and ends every connection", async () => {
    broker = await startBroker();
    const clients = await Promise.all([1, 2, 3].map(() => RheaClient.connect((broker as Broker).url())));
    await clients[0]?.receiver("org.clacks");
    const errors = clients.map(({ connection }) =>
      once(connection, "connection_error").then(() => (connection.error as { condition?: string }).condition),
    );
    await broker.close();
    expect(await Promise.all(errors)).toEqual(Array(3).fill("amqp:connection:forced"));
    expect(broker.counts).toMatchObject({ connections: 0, links: 0, queuedBytes: 0 });
  });

  it("may be asked for again and again", async () => {
    broker = await startBroker();
    const [first, second] = [broker.close(), broker.close()];
    await Promise.all([first, second, broker[Symbol.asyncDispose]()]);
    await broker.close();
  });

  it("does not wait for clients that do not answer, nor for those that have not logged in", async () => {
    broker = await startBroker({ closeTimeoutMs: 50 });
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(broker as Broker)));
    clients[1]?.write(SASL_HEADER);
    clients[2]?.write(sessionStart(broker));
    await once((clients[2] as RawClient).socket, "data");
    await broker.close();
    await Promise.all(clients.map(({ closed }) => closed));
  });

  it("frees the port", async () => {
    broker = await startBroker();
    const { port } = broker;
    await broker.close();
    broker = await startBroker({ port });
    expect(broker.port).toBe(port);
  });

  it("happens at the end of the block that started it", async () => {
    let url: string;
    {
      await using scoped = await startBroker();
      url = scoped.url();
      await (await RheaClient.connect(url)).close();
    }
    await expect(RheaClient.connect(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("Starting a broker", () => {
  it("on a port that is in use fails, naming the port and a way out", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(startBroker({ port })).rejects.toMatchObject({
      name: "XqbusError",
      code: "xqbus:port-in-use",
      message:
        `port ${port} of 127.0.0.1 is in use; end the process that listens there, ` +
        "or choose another port (0 takes a free one)",
      cause: { code: "EADDRINUSE" },
    });
    server.close();
    await once(server, "close");
  });

  it.each([
    [
      "an address of another machine",
      { host: "192.0.2.1" },
      /^the broker cannot listen on port 0 of 192\.0\.2\.1: this machine has no such address; /,
    ],
    ["an impossible port", { port: 70_000 }, /^the broker cannot listen on port 70000 of 127\.0\.0\.1: /],
    ["no user", { users: {} }, /^users is empty; expected at least one user name with its password$/],
    ["a nameless user", { users: { "": "secret" } }, /^the user name "" is empty; expected a name such as "ada"$/],
    ["a user without password", { users: { bob: "" } }, /^user "bob" has no password; expected a string of at least/],
    ["a NUL in a password", { users: { bob: "a\0b" } }, /^the password of user "bob" has a NUL character/],
  ])("with %s fails", async (_name, options, message) => {
    await expect(startBroker(options)).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: expect.stringMatching(message) as string,
    });
  });
});

describe("The URL of a broker", () => {
  it("is complete, and leads to this machine when the broker listens everywhere", async () => {
    broker = await startBroker({ host: "0.0.0.0", users: { admin: "x y", bob: "z" } });
    expect(broker.host).toBe("0.0.0.0");
    expect(broker.url()).toBe(`amqp://admin:x%20y@127.0.0.1:${broker.port}/org.clacks`);
    expect(broker.url("bob", "my domain")).toBe(`amqp://bob:z@127.0.0.1:${broker.port}/my%20domain`);
    await (await RheaClient.connect(broker.url())).close();
  });

  it("has no user that does not exist", async () => {
    broker = await startBroker({ users: { admin: "x", bob: "z" } });
    expect(() => broker?.url("alice")).toThrow(
      expect.objectContaining({
        code: "xqbus:illegal-argument",
        message: 'there is no user "alice"; the users are: "admin", "bob"',
      }),
    );
  });
});
