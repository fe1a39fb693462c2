import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher, type ConnectOptions } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { ScriptedBroker, type Script } from "./scripted-broker.ts";

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function broker(script?: Script): Promise<ScriptedBroker> {
  const started = await ScriptedBroker.start(script);
  cleanUps.push(() => started.close());
  return started;
}

/** A TCP server that does what `onConnection` says; returns its port. */
async function tcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const port = await tcpServer(() => undefined);
  await cleanUps.pop()?.();
  return port;
}

/** Everything that opens a connection fails in the same way. */
async function failure(
  url: string,
  options: ConnectOptions = {},
): Promise<{ name: string; code: string; message: string }> {
  const asPublisher = await EventPublisher.open(url, options).then(unexpected, described);
  const asConsumer = await AMQPEventConsumer.open(url, options).then(unexpected, described);
  expect(asConsumer).toEqual(asPublisher);
  return asPublisher;
}

function unexpected(): never {
  throw new Error("it connected");
}

function described({ name, code, message }: XqbusError): { name: string; code: string; message: string } {
  return { name, code, message };
}

const notConnected = { name: "NotConnectedError", code: "xqbus:not-connected" };

describe("connecting", () => {
  it("where nobody listens says so", async () => {
    const port = await freePort();
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`)).toEqual({
      ...notConnected,
      message: `nobody listens at 127.0.0.1:${port}; is the broker running? (xqbus serve starts one)`,
    });
  });

  it("to an unknown host says so", async () => {
    const { message, ...rest } = await failure("amqp://admin:secret@no-such-host.invalid");
    expect(rest).toEqual(notConnected);
    expect(message).toMatch(/^the host name "no-such-host\.invalid" cannot be resolved \((ENOTFOUND|EAI_AGAIN)\)$/);
  });

  it("with a wrong password names user and broker, not the password", async () => {
    const { port } = await broker();
    expect(await failure(`amqp://admin:wrong@127.0.0.1:${port}`)).toEqual({
      name: "AuthenticationError",
      code: "xqbus:authentication-failed",
      message: `the broker at 127.0.0.1:${port} does not accept user "admin" with this password`,
    });
  });

  it("without a user to a broker that wants one says how", async () => {
    const { port } = await broker();
    expect(await failure(`amqp://127.0.0.1:${port}`)).toEqual({
      name: "AuthenticationError",
      code: "xqbus:authentication-failed",
      message:
        `the broker at 127.0.0.1:${port} does not accept connections without a user; the bus URL must carry ` +
        "user:password@; it offers the SASL mechanisms PLAIN",
    });
  });

  it("without a user works where the broker allows it", async () => {
    const { port } = await broker({ anonymous: true });
    await using publisher = await EventPublisher.open(`amqp://127.0.0.1:${port}`);
    await expect(publisher.close()).resolves.toBeUndefined();
  });

  it("with a user and a password outside ASCII works", async () => {
    const { port } = await broker({ users: { müller: "pässwörd €😀" } });
    const url = `amqp://${encodeURIComponent("müller")}:${encodeURIComponent("pässwörd €😀")}@127.0.0.1:${port}`;
    await using publisher = await EventPublisher.open(url);
    await expect(publisher.close()).resolves.toBeUndefined();
  });

  const strangers: readonly [title: string, answer: (socket: Socket) => void, what: string][] = [
    [
      "that speaks HTTP",
      (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      'does not speak AMQP (it answered "HTTP")',
    ],
    [
      "that speaks AMQP 0-9-1",
      (socket) => socket.end(Buffer.from("AMQP\x00\x00\x09\x01", "latin1")),
      "speaks another version of AMQP (0 0 9 1), not 1.0",
    ],
    [
      "that answers with a TLS alert",
      (socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 10])),
      "speaks TLS; the URL must start with amqps://",
    ],
    [
      "that hangs up",
      (socket) => socket.end(),
      "closed the connection before it was open; is it the TLS port? (amqps://, usually 5671)",
    ],
    [
      "that sends a frame of 2 GB",
      (socket) => socket.write(Buffer.from("414d5150030100007fffffff", "hex")),
      "sent a frame of 2147483647 bytes; 262144 was agreed on",
    ],
  ];

  it.each(strangers)("to a server %s says so", async (_title, answer, what) => {
    const port = await tcpServer((socket) => socket.once("data", () => answer(socket)));
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`)).toEqual({
      ...notConnected,
      message: `127.0.0.1:${port} ${what}`,
    });
  });

  it("to a broker that asks for more than a password says so", async () => {
    const mechanisms = "0000001502010000005340c00801a305504c41494e";
    const challenge = "0000001002010000005342c00301a000";
    const port = await tcpServer((socket) => {
      socket.once("data", () => socket.write(Buffer.from(`414d515003010000${mechanisms}${challenge}`, "hex")));
    });
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`)).toMatchObject({
      name: "AuthenticationError",
      message: expect.stringContaining("the broker asked for more than the mechanism has") as string,
    });
  });

  it("to a server that sends garbage frames says so", async () => {
    const garbage = Buffer.from(`414d515003010000${"0000000c02010000deadbeef"}`, "hex");
    const port = await tcpServer((socket) => socket.once("data", () => socket.write(garbage)));
    const { message, ...rest } = await failure(`amqp://admin:secret@127.0.0.1:${port}`);
    expect(rest).toEqual(notConnected);
    expect(message).toMatch(`the broker at 127.0.0.1:${port} broke the AMQP protocol: `);
  });

  it("to a server that says nothing ends with a time-out", async () => {
    const port = await tcpServer(() => undefined);
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`, { timeoutMs: 50 })).toEqual({
      name: "TimeoutError",
      code: "xqbus:timeout",
      message: `connecting to 127.0.0.1:${port} did not end within 50 ms (option timeoutMs)`,
    });
  });

  it("to a broker that refuses the link and never says why ends with a time-out", async () => {
    const { port } = await broker({ onAttach: (link) => link.is_sender() || link.is_receiver() });
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`, { timeoutMs: 200 })).toMatchObject({
      code: "xqbus:timeout",
    });
  });

  it("ends when the caller's signal is aborted before or meanwhile", async () => {
    const aborted = {
      name: "AbortedError",
      code: "xqbus:aborted",
    };
    const controller = new AbortController();
    const port = await tcpServer(() => controller.abort());
    const url = `amqp://admin:secret@127.0.0.1:${port}`;
    const message = `connecting to 127.0.0.1:${port} was ended by the caller's AbortSignal`;
    expect(await EventPublisher.open(url, { signal: controller.signal }).then(unexpected, described)).toEqual({
      ...aborted,
      message,
    });
    expect(await failure(url, { signal: AbortSignal.abort() })).toEqual({ ...aborted, message });
  });

  it("to a broker that closes right after open says why", async () => {
    const { port } = await broker({
      onOpen: (connection) => connection.close({ condition: "amqp:connection:forced", description: "going down" }),
    });
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`)).toEqual({
      ...notConnected,
      message: `the broker at 127.0.0.1:${port} closed the connection: going down (amqp:connection:forced)`,
    });
  });

  it("to a broker that ends the session says why", async () => {
    const { port } = await broker({
      onAttach: (link) => {
        link.session.close({ condition: "amqp:not-implemented", description: "no links here" });
        return true;
      },
    });
    expect(await failure(`amqp://admin:secret@127.0.0.1:${port}`)).toEqual({
      name: "RefusedError",
      code: "amqp:not-implemented",
      message: `the broker at 127.0.0.1:${port} ended the session: no links here (amqp:not-implemented)`,
    });
  });

  const refusals: readonly [product: string, sendTo: string, receiveFrom: string, hint: string][] = [
    ["xqbus", "org.clacks", "org.clacks", "the domain is the last part of the bus URL; is it spelled as the broker's?"],
    [
      "Apache Qpid Broker-J Core",
      "org.clacks",
      "org.clacks",
      'create an exchange of type topic with the name "org.clacks" on the virtual host',
    ],
    [
      "RabbitMQ",
      "/exchange/org.clacks",
      "/exchange/org.clacks/#",
      'declare an exchange of type topic with the name "org.clacks"',
    ],
  ];

  it.each(refusals)("to %s without the topic says what to do", async (product, sendTo, receiveFrom, hint) => {
    const { port } = await broker({
      product,
      onAttach: (link) => {
        link.close({ condition: "amqp:not-found", description: "no such node" });
        return true;
      },
    });
    const url = `amqp://admin:secret@127.0.0.1:${port}`;
    const refused = (what: string): unknown => ({
      name: "RefusedError",
      code: "amqp:not-found",
      condition: "amqp:not-found",
      description: "no such node",
      message: `the broker at 127.0.0.1:${port} does not let us ${what}: no such node (amqp:not-found); ${hint}`,
    });
    await expect(EventPublisher.open(url)).rejects.toMatchObject(refused(`send to "${sendTo}"`) as object);
    await expect(AMQPEventConsumer.open(url)).rejects.toMatchObject(refused(`receive from "${receiveFrom}"`) as object);
  });

  it("to a broker that has a queue in the topic's place is refused, for a consumer of a queue takes from the others", async () => {
    const { port } = await broker({
      product: "Apache Qpid Broker-J Core",
      onAttach: (link) => {
        if (link.is_sender()) link.set_source({ address: "org.clacks", capabilities: ["queue"] });
        return link.is_sender();
      },
    });
    await expect(AMQPEventConsumer.open(`amqp://admin:secret@127.0.0.1:${port}`)).rejects.toMatchObject({
      name: "RefusedError",
      code: "xqbus:refused",
      message:
        `"org.clacks" is a queue on the broker at 127.0.0.1:${port}, not a topic; ` +
        'create an exchange of type topic with the name "org.clacks" on the virtual host',
    });
  });

  it("uses the dialect of the broker's product, or the one that is given", async () => {
    const started = await broker({ product: "RabbitMQ" });
    await (await EventPublisher.open(started.url())).close();
    await (await EventPublisher.open(started.url(), { dialect: "activemq-classic" })).close();
    await (await AMQPEventConsumer.open(started.url(), { dialect: "embedded" })).close();
    expect(started.addresses).toEqual(["/exchange/org.clacks", "topic://org.clacks", "org.clacks"]);
  });

  it("with a dialect that does not exist is refused before anything is connected", () => {
    expect(() => new AMQPEventConsumer("amqp://127.0.0.1", { dialect: "kafka" })).toThrow(
      /^option dialect must be one of/,
    );
    expect(() => EventPublisher.openLater("amqp://127.0.0.1", { dialect: "kafka" })).toThrow(/^option dialect must be/);
  });

  it("announces container ids that differ, and an idle time-out of 30 s", async () => {
    const started = await broker();
    await (await EventPublisher.open(started.url())).close();
    await (await EventPublisher.open(started.url())).close();
    const ids = started.connections.map((connection) => connection.container_id);
    expect(new Set(ids).size).toBe(2);
    expect(started.connections.map((connection) => connection.idle_time_out)).toEqual([30_000, 30_000]);
  });

  it("is lost when the broker says nothing for twice the idle time-out", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    cleanUps.push(() => vi.useRealTimers());
    const opened = await AMQPEventConsumer.open((await broker()).url(), { reconnect: false });
    const joined = expect(opened.join()).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: /the broker was silent for too long$/,
    });
    vi.advanceTimersByTime(60_000);
    await new Promise(setImmediate);
    vi.advanceTimersByTime(1_000);
    await joined;
  });

  it("leaves nothing behind that keeps the process alive", async () => {
    const script = join(import.meta.dirname, "connect-and-close.ts");
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
      timeout: 50_000,
    });
    expect({ stdout, stderr }).toEqual({ stdout: "closed; timers left: 0\n", stderr: "" });
  });
});
