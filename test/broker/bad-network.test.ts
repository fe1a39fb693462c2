import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker, BrokerLimits } from "../../src/broker/index.ts";
import { TcpProxy } from "../helpers/tcp-proxy.ts";
import type { ProxyBehaviour } from "../helpers/tcp-proxy.ts";
import { RheaClient } from "./rhea-client.ts";

const JOBS = { address: "jobs", capabilities: ["queue"] };

let broker: Broker;
let proxy: TcpProxy;

beforeEach(() => start({}));

afterEach(async () => {
  await proxy.close();
  await broker.close();
});

async function start(limits: Partial<BrokerLimits>): Promise<void> {
  broker = await startBroker(limits);
  proxy = await TcpProxy.start(broker.port);
}

async function restart(limits: Partial<BrokerLimits>): Promise<void> {
  await proxy.close();
  await broker.close();
  await start(limits);
}

function connect(behaviour: ProxyBehaviour = {}): Promise<RheaClient> {
  proxy.behave(behaviour);
  return RheaClient.connect(proxy.through(broker.url()));
}

/** A client that has nothing to do with it. */
async function expectService(): Promise<void> {
  const client = await RheaClient.connect(broker.url());
  const receiver = await client.receiver("witness");
  receiver.credit(1);
  expect(await (await client.sender("witness")).send("here")).toEqual({ outcome: "accepted" });
  expect((await receiver.next()).body).toBe("here");
  await client.close();
}

describe("A network that", () => {
  it.each<[string, ProxyBehaviour]>([
    ["brings one byte at a time", { pieceBytes: 1 }],
    ["brings seven bytes at a time", { pieceBytes: 7 }],
    ["is slow", { delayMs: 3, pieceBytes: 2000 }],
  ])("%s changes nothing else", async (_name, behaviour) => {
    const client = await connect(behaviour);
    const receiver = await client.receiver("org.clacks");
    const sender = await client.sender("org.clacks");
    receiver.credit(20);
    const bodies = Array.from({ length: 19 }, (_, i) => `event ${i}`);
    bodies.push("x".repeat(20_000));
    expect(new Set((await Promise.all(bodies.map((body) => sender.send(body)))).map(({ outcome }) => outcome))).toEqual(
      new Set(["accepted"]),
    );
    const received = await receiver.take(20);
    expect(received.map(({ body }) => body)).toEqual(bodies);
    for (const { delivery } of received) delivery.accept();
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ accepted: 20, faults: 0, queuedBytes: 0 }));
  });

  it("cuts connections gives back what their consumers had, and frees what they used", async () => {
    const client = await connect();
    const sender = await client.sender(JOBS);
    for (let i = 0; i < 10; i++) await sender.send(i);
    const receiver = await client.receiver(JOBS);
    receiver.credit(10);
    await receiver.take(10);
    proxy.cut();
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 0, links: 0 }));
    const again = await (await connect()).receiver(JOBS);
    again.credit(10);
    expect((await again.take(10)).map(({ body }) => body)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(broker.counts).toMatchObject({ redelivered: 10, faults: 0 });
  });

  it("cuts at any byte of a conversation leaves nothing behind", async () => {
    let opened = 0;
    for (let bytes = 1; bytes < 1200; bytes += 37) {
      const client = await connect({ resetAfterBytes: bytes }).catch(() => undefined);
      if (client === undefined) continue;
      opened++;
      const lost = once(client.connection, "disconnected");
      client.connection.open_receiver({ source: "org.clacks", credit_window: 10 });
      const sender = client.connection.open_sender("org.clacks");
      sender.on("sendable", () => sender.send({ body: "x".repeat(2000) }));
      await lost;
    }
    expect(opened).toBeGreaterThan(5);
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 0, links: 0, queuedBytes: 0 }));
    await expectService();
  });

  it("forgets a connection without a word is found out after the idle time", async () => {
    await restart({ idleTimeoutMs: 1000 });
    const client = await connect();
    const sender = await client.sender(JOBS);
    await sender.send("job");
    const receiver = await client.receiver(JOBS);
    receiver.credit(1);
    await receiver.next();
    proxy.freeze();
    await expectService();
    const next = await (await RheaClient.connect(broker.url())).receiver(JOBS);
    next.credit(1);
    expect((await next.next()).body).toBe("job");
    expect(broker.counts.faults).toBe(1);
  });

  it("closes one direction only ends the connection within closeTimeoutMs", async () => {
    await restart({ closeTimeoutMs: 200 });
    const client = await connect();
    const receiver = await client.receiver("org.clacks");
    receiver.credit(1);
    proxy.halfClose();
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 0, links: 0 }));
    await expectService();
  });

  it("takes a message to its middle and no further forgets the message", async () => {
    const client = await connect({ resetAfterBytes: 300_000 });
    const sender = await client.sender(JOBS);
    void sender.send("x".repeat(1_000_000));
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 0, queuedBytes: 0, received: 0 }));
    await expectService();
  });
});
