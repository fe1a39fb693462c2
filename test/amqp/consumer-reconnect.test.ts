import { createHmac, pbkdf2Sync, createHash } from "node:crypto";
import rhea, { type Receiver, type Sender } from "rhea";
import { describe, expect, it } from "vitest";
import { AMQPEventConsumer, EventPublisher, type ConsumerOptions } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { ScriptedBroker } from "./scripted-broker.ts";
import { afterTest, broker, consumer as openConsumer, until } from "./set-up.ts";
import { expectSilence } from "./silence.ts";

expectSilence();

async function embedded(port = 0): Promise<Broker> {
  const started = await startBroker({ users: { admin: "secret" }, port });
  afterTest(() => started.close());
  return started;
}

const SOON = { reconnect: { minDelayMs: 1, maxDelayMs: 20 } } as const;

function consumer(url: string, options: ConsumerOptions = {}): Promise<AMQPEventConsumer> {
  return openConsumer(url, { ...SOON, ...options });
}

async function send(url: string, ...names: string[]): Promise<void> {
  await using publisher = await EventPublisher.open(url, { validate: false });
  for (const name of names) await publisher.sendEvent(`<Event><${name}/></Event>`);
}

function message(name: string): Buffer {
  return rhea.message.encode({ body: `<Event><${name}/></Event>` });
}

describe("a consumer whose connection is lost", () => {
  it("attaches again, tells of it, and gets what comes then", async () => {
    const started = await broker();
    const names: string[] = [];
    const opened = await consumer(started.url(), { callback: ({ name }) => void names.push(name) });
    const told: unknown[] = [];
    opened.on("disconnected", ({ error, willReconnect }) => told.push([error.code, willReconnect]));
    const off = opened.on("connected", ({ url }) => told.push(url));
    for (const round of [1, 2, 3]) {
      started.publish(message(`A${round}`));
      await until(() => expect(names).toHaveLength(round));
      expect(opened.status).toBe("connected");
      started.cut();
      await until(() => expect(started.addresses).toHaveLength(round + 1));
      await until(() => expect(told).toHaveLength(2 * round));
    }
    const lost = ["xqbus:not-connected", true];
    const url = `amqp://admin@127.0.0.1:${started.port}/org.clacks`;
    expect([names, told]).toEqual([
      ["A1", "A2", "A3"],
      [lost, url, lost, url, lost, url],
    ]);
    off();
    await opened.close();
    expect([opened.status, told.length]).toEqual(["closed", 6]);
  });

  it("waits for a broker that is away, with pauses, and has it again when it is back", async () => {
    const first = await embedded();
    const names: string[] = [];
    const pauses: number[] = [];
    const random = (): number => pauses.push(0) && 0;
    const opened = await consumer(first.url(), {
      callback: ({ name }) => void names.push(name),
      reconnect: { ...SOON.reconnect, random },
    });
    await first.close();
    await until(() => expect(pauses.length).toBeGreaterThan(3));
    expect(opened.status).toBe("disconnected");
    const second = await embedded(first.port);
    await until(() => expect(opened.status).toBe("connected"));
    await send(second.url(), "Ping");
    await until(() => expect(names).toEqual(["Ping"]));
  });

  it("goes on in its loop", async () => {
    const started = await broker();
    const opened = await consumer(started.url());
    const iterator = opened[Symbol.asyncIterator]();
    started.publish(message("A"));
    expect((await iterator.next()).value?.event.name).toBe("A");
    started.cut();
    const next = iterator.next();
    await until(() => expect(started.addresses).toHaveLength(2));
    started.publish(message("B"));
    expect((await next).value?.event.name).toBe("B");
  });

  it("does not settle on the new link what came by the old one", async () => {
    const started = await broker();
    const finish: (() => void)[] = [];
    const opened = await consumer(started.url(), { callback: () => new Promise((resolve) => finish.push(resolve)) });
    started.publish(message("A"));
    await until(() => expect(finish).toHaveLength(1));
    started.cut();
    await until(() => expect(started.addresses).toHaveLength(2));
    finish[0]?.();
    started.publish(message("B"));
    await until(() => expect(finish).toHaveLength(2));
    expect(started.outcomes).toEqual([]);
    finish[1]?.();
    await until(() => expect(started.outcomes).toEqual(["accepted"]));
    expect(opened.counts).toMatchObject({ received: 2, matched: 2 });
  });

  it("gives up after maxAttempts with the last reason", async () => {
    const started = await ScriptedBroker.start();
    const opened = await consumer(started.url(), { reconnect: { ...SOON.reconnect, maxAttempts: 2 } });
    const joined = opened.join();
    await started.close();
    await expect(joined).rejects.toMatchObject({ code: "xqbus:not-connected", message: /^nobody listens/ });
    expect(opened.status).toBe("failed");
  });

  const faults: readonly [endOnPermanentFault: boolean, status: string][] = [
    [true, "failed"],
    [false, "disconnected"],
  ];

  it.each(faults)("tells once that it is refused; with endOnPermanentFault: %s it is then %s", async (end, status) => {
    let refuse = false;
    let attempts = 0;
    const started = await broker({
      onAttach: (link: Sender | Receiver) => {
        if (refuse) link.close({ condition: "amqp:unauthorized-access", description: "not you" });
        attempts++;
        return refuse;
      },
    });
    const errors: XqbusError[] = [];
    const reconnect = { ...SOON.reconnect, endOnPermanentFault: end };
    const opened = await consumer(started.url(), { reconnect, onError: (error) => errors.push(error) });
    refuse = true;
    started.cut();
    await until(() => expect(errors).toMatchObject([{ code: "amqp:unauthorized-access", description: "not you" }]));
    if (!end) await until(() => expect(attempts).toBeGreaterThan(4));
    expect([opened.status, errors.length]).toEqual([status, 1]);
  });

  it("may be closed while it is away", async () => {
    const started = await ScriptedBroker.start();
    const opened = await consumer(started.url(), { reconnect: { minDelayMs: 1e6, maxDelayMs: 1e6 } });
    const lost = new Promise((resolve) => opened.on("disconnected", resolve));
    const joined = opened.join();
    await started.close();
    await lost;
    await opened.close();
    await expect(joined).resolves.toBeUndefined();
    expect(opened.status).toBe("closed");
  });

  it("with reconnect.first waits for the first connection, too, and says why it came to nothing", async () => {
    const first = await embedded();
    const url = first.url();
    await first.close();
    const options = { ...SOON, reconnect: { ...SOON.reconnect, first: true } };
    await expect(AMQPEventConsumer.open(url, { ...options, timeoutMs: 50 })).rejects.toMatchObject({
      message: /^nobody listens/,
    });
    const opening = consumer(url, options);
    await embedded(first.port);
    expect((await opening).status).toBe("connected");
  });
});

describe("a stalled consumer", () => {
  it("makes the link again when the broker does not say any more how it sees it", async () => {
    const started = await broker();
    const opened = await consumer(started.url(), { stallTimeoutMs: 30, callback: () => undefined });
    const stalls: unknown[] = [];
    opened.on("stalled", ({ reason }) => stalls.push(reason));
    // rhea does not answer a flow with echo by itself.
    started.connections[0]?.each_sender(
      (link: Sender) => ((link as unknown as { issue_flow: boolean }).issue_flow = true),
      () => true,
    );
    (started.connections[0] as unknown as { _register(): void })._register();
    await until(() => expect(stalls).toEqual(["no-answer"]));
    await until(() => expect(started.addresses).toHaveLength(2));
  });

  it("is left alone when the broker never answers such questions", async () => {
    const started = await broker();
    const opened = await consumer(started.url(), { stallTimeoutMs: 5, callback: () => undefined });
    const stalls: unknown[] = [];
    opened.on("stalled", (stall) => stalls.push(stall));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([stalls, started.addresses.length]).toEqual([[], 1]);
  });

  it("is left alone by the embedded broker, which answers", async () => {
    const started = await embedded();
    const names: string[] = [];
    const opened = await consumer(started.url(), { stallTimeoutMs: 20, callback: ({ name }) => void names.push(name) });
    const told: unknown[] = [];
    opened.on("disconnected", (event) => told.push(event));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await send(started.url(), "A");
    await until(() => expect(names).toEqual(["A"]));
    expect(told).toEqual([]);
  });

  it("tells once that no callback ends", async () => {
    const started = await broker();
    const opened = await consumer(started.url(), {
      stallTimeoutMs: 10,
      prefetch: 1,
      callback: () => new Promise(() => undefined),
    });
    const stalls: unknown[] = [];
    opened.on("stalled", (stall) => stalls.push(stall));
    started.publish(message("A"));
    await until(() => expect(stalls).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stalls).toEqual([
      { reason: "callbacks", message: "1 events wait for callbacks of which none has ended for 10 ms" },
    ]);
    expect(started.addresses).toHaveLength(1);
  });
});

describe("a listener that throws what cannot be text", () => {
  it("does not keep the consumer from connecting again", async () => {
    const started = await broker();
    const opened = await consumer(started.url());
    opened.on("disconnected", () => {
      throw Object.create(null);
    });
    started.cut();
    await until(() => expect(started.addresses).toHaveLength(2));
    expect(opened.status).toBe("connected");
  });
});

describe("a kept subscription", () => {
  it("that is durable collects events while its consumer is away, until it is ended", async () => {
    const { url } = await embedded().then((started) => ({ url: started.url() }));
    const names: string[] = [];
    const options: ConsumerOptions = { durable: "orders", callback: ({ name }) => void names.push(name) };
    await (await consumer(url, options)).close();
    await send(url, "A", "B");
    const second = await consumer(url, options);
    await until(() => expect(names).toEqual(["A", "B"]));
    await second.unsubscribe();
    await send(url, "C");
    const third = await consumer(url, options);
    await send(url, "D");
    await until(() => expect(names).toEqual(["A", "B", "D"]));
    await third.unsubscribe();
    await expect(third.unsubscribe()).rejects.toMatchObject({ code: "xqbus:not-connected" });
  });

  it("that is being closed is not ended, and says so", async () => {
    const { url } = await embedded().then((started) => ({ url: started.url() }));
    const names: string[] = [];
    const options: ConsumerOptions = { durable: "orders", callback: ({ name }) => void names.push(name) };
    const first = await consumer(url, options);
    const closed = first.close();
    await expect(first.unsubscribe()).rejects.toMatchObject({ code: "xqbus:already-closed" });
    await closed;
    await send(url, "A");
    const second = await consumer(url, options);
    await until(() => expect(names).toEqual(["A"]));
    await Promise.all([second.unsubscribe(), second.unsubscribe()]);
  });

  it("that is durable belongs to who came last", async () => {
    const started = await embedded();
    const first = await consumer(started.url(), { durable: "orders" });
    const joined = first.join();
    const second = await consumer(started.url(), { durable: "orders" });
    await expect(joined).rejects.toMatchObject({ code: "amqp:link:stolen" });
    expect([first.status, second.status]).toEqual(["failed", "connected"]);
  });

  it.each([
    ["shared", { shared: "work" }],
    ["durable and shared", { durable: "work", shared: true }],
  ])("that is %s divides events among its consumers", async (_title, options: ConsumerOptions) => {
    const started = await embedded();
    const got: string[][] = [[], []];
    for (const names of got) {
      await consumer(started.url(), { ...options, prefetch: 1, callback: ({ name }) => void names.push(name) });
    }
    const sent = Array.from({ length: 10 }, (_, i) => `E${i}`);
    await send(started.url(), ...sent);
    await until(() => expect(got.flat().toSorted()).toEqual(sent));
    expect(got.map((names) => names.length > 0)).toEqual([true, true]);
  });

  it.each([
    ["RabbitMQ", { durable: "a" }, 'rabbitmq keeps no durable subscriptions for AMQP 1.0; "a" would lose events'],
    ["ActiveMQ", { shared: "a" }, 'activemq-classic keeps no shared subscriptions for AMQP 1.0; "a" would lose events'],
    ["unheard of", { durable: "a" }, 'does not keep the subscription "a": it is not durable there'],
  ])("is refused on %s with %o", async (product, options: ConsumerOptions, problem) => {
    const started = await broker({ product });
    await expect(AMQPEventConsumer.open(started.url(), options)).rejects.toMatchObject({
      name: "RefusedError",
      message: expect.stringContaining(problem) as string,
    });
  });
});

describe("events without a handler", () => {
  it.each([
    ["drop", ["accepted", "accepted", "accepted"]],
    ["dead-letter", ["accepted", "rejected", "rejected"]],
  ] as const)("are counted by type, and with unhandled: %s they are %j", async (unhandled, outcomes) => {
    const started = await broker();
    const names: string[] = [];
    const handlers = { A: ({ name }: { name: string }): void => void names.push(name) };
    const opened = await consumer(started.url(), { handlers, unhandled });
    for (const name of ["A", "constructor", "B"]) started.publish(message(name));
    await until(() => expect(started.outcomes).toEqual(outcomes));
    expect(names).toEqual(["A"]);
    expect(opened.counts).toMatchObject({ matched: 3, unhandled: 2, failed: 0 });
    expect([...opened.unhandledTypes]).toEqual([
      ["constructor", 1],
      ["B", 1],
    ]);
  });
});

describe("logging in", () => {
  /** A server's side of SCRAM-SHA-256 for the user admin with the password secret (RFC 5802). */
  function scramServer(proveIt: boolean): object {
    const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
    const salt = Buffer.from("salt");
    const salted = pbkdf2Sync("secret", salt, 4096, 32, "sha256");
    let first = "";
    return {
      start(response: Buffer): Buffer {
        const clientFirst = response.toString().slice(3);
        first = `${clientFirst},r=${clientFirst.split("r=")[1]}x,s=${salt.toString("base64")},i=4096`;
        return Buffer.from(first.slice(clientFirst.length + 1));
      },
      step(this: { outcome?: boolean; username?: string }, response: Buffer): Buffer | undefined {
        if (response.length === 0) {
          this.outcome = true;
          this.username = "admin";
          return undefined;
        }
        const [withoutProof = "", proof = ""] = response.toString().split(",p=");
        const message = `${first},${withoutProof}`;
        const key = hmac(salted, "Client Key");
        const signature = hmac(createHash("sha256").update(key).digest(), message);
        const expected = Buffer.from(key.map((byte, at) => byte ^ (signature[at] ?? 0))).toString("base64");
        if (proof !== expected) {
          this.outcome = false;
          return undefined;
        }
        const word = hmac(hmac(salted, "Server Key"), proveIt ? message : "guess");
        return Buffer.from(`v=${word.toString("base64")}`);
      },
    };
  }

  it("prefers SCRAM-SHA-256 to PLAIN, which the broker names first", async () => {
    const started = await broker({ mechanisms: { "SCRAM-SHA-256": () => scramServer(true) } });
    expect((await consumer(started.url())).status).toBe("connected");
    await expect(AMQPEventConsumer.open(started.url("admin:wrong"))).rejects.toMatchObject({
      code: "xqbus:authentication-failed",
    });
  });

  it("with SCRAM-SHA-256 refuses a broker that does not know the password", async () => {
    const started = await broker({ mechanisms: { "SCRAM-SHA-256": () => scramServer(false) } });
    await expect(AMQPEventConsumer.open(started.url())).rejects.toMatchObject({
      code: "xqbus:authentication-failed",
      message: expect.stringContaining("did not prove that it knows the password") as string,
    });
    expect((await consumer(started.url(), { sasl: "PLAIN" })).status).toBe("connected");
  });

  it.each([
    ["xqbus", {}, "127.0.0.1"],
    ["xqbus", { vhost: "sales" }, "sales"],
    ["xqbus", { vhost: "/" }, "127.0.0.1"],
    ["RabbitMQ", { vhost: "sales" }, "vhost:sales"],
    ["RabbitMQ", { vhost: "sales", dialect: "rabbitmq" }, "vhost:sales"],
  ])("to %s with %o asks for the virtual host %s", async (product, options, hostname) => {
    const started = await broker({ product });
    await consumer(started.url(), options);
    const opened = started.connections.at(-1) as unknown as { hostname: string };
    expect(opened.hostname).toBe(hostname);
  });
});
