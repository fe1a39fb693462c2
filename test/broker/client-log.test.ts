import { afterEach, describe, expect, it, vi } from "vitest";
import { ClientLog } from "../../src/broker/client-log.ts";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker, BrokerLogRecord, BrokerOptions } from "../../src/broker/index.ts";
import { AMQP_HEADER, RawClient, sessionStart } from "./raw-client.ts";
import { plain, RheaClient } from "./rhea-client.ts";
import { VirtualClock } from "./virtual-clock.ts";

describe("What clients do wrong", () => {
  let broker: Broker;
  let records: BrokerLogRecord[];

  afterEach(async () => {
    await broker.close();
  });

  async function start(options: BrokerOptions = {}): Promise<void> {
    records = [];
    broker = await startBroker({ users: { ada: "right" }, log: (record) => records.push(record), ...options });
  }

  function told(): readonly object[] {
    return records.map(({ peer, ...rest }) => {
      expect(peer).toMatch(/^127\.0\.0\.1 \d+$/);
      return rest;
    });
  }

  it("is told once: failed logins", async () => {
    await start({ maxFailedLogins: 1 });
    const url = `amqp://127.0.0.1:${broker.port}`;
    for (const password of ["secret", "other", "right"]) {
      await expect(RheaClient.connect(url, { sasl_mechanisms: plain(`\0ada\0${password}`) })).rejects.toThrow();
    }
    expect(told()).toEqual([
      { level: "warning", code: "xqbus:authentication-failed", message: 'a login of user "ada" failed', suppressed: 0 },
    ]);
  });

  it("is told: no login, bytes that are no AMQP, and no end of a login", async () => {
    await start({ handshakeTimeoutMs: 50 });
    for (const bytes of [AMQP_HEADER, Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.alloc(0)]) {
      const client = await RawClient.connect(broker);
      client.write(bytes);
      await client.closed;
    }
    expect(told()).toMatchObject([
      { code: "amqp:connection:framing-error", message: "the first bytes are not those of a login (SASL)" },
      { code: "xqbus:timeout", message: "no login and open within 50 ms" },
    ]);
  });

  it("is told with the user: connections that are ended", async () => {
    await start();
    const client = await RawClient.connect(broker);
    client.write(sessionStart(broker), Buffer.from([0, 0, 0, 8, 2, 7, 0, 0]));
    await client.closed;
    expect(told()).toMatchObject([
      { message: expect.stringMatching(/^user "ada": the connection was ended: /) as string },
    ]);
  });

  it("is told: links that are refused, and messages that are rejected, without what is in them", async () => {
    await start({
      onPublish: ({ body }) => ({ condition: "xqbus:invalid-event", description: `wrong: ${String(body)}` }),
      rules: [{ effect: "allow", user: "ada", action: "*", address: "org.clacks" }],
    });
    const client = await RheaClient.connect(broker.url());
    await expect(client.receiver("other")).rejects.toThrow();
    const sender = await client.sender("org.clacks");
    for (let i = 0; i < 3; i++) await sender.send("secret");
    await client.close();
    expect(told()).toEqual([
      {
        level: "warning",
        code: "amqp:unauthorized-access",
        message: 'user "ada": a link was refused: user "ada" may not consume from "other"',
        suppressed: 0,
      },
      { level: "warning", code: "xqbus:invalid-event", message: 'user "ada": a message was rejected', suppressed: 0 },
    ]);
  });

  it("does not matter to others when the hook fails", async () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    await start({
      log: () => {
        throw new Error("disk full");
      },
    });
    const client = await RheaClient.connect(broker.url());
    await expect(client.receiver("xqbus:temporary:none")).rejects.toMatchObject({ condition: "amqp:not-found" });
    await client.close();
    expect(warning.mock.calls).toEqual([
      ["the hook log of a broker threw: Error: disk full", { code: "xqbus:callback-failed" }],
    ]);
    warning.mockRestore();
  });
});

describe("The log of clients' errors", () => {
  it("tells each kind once a minute for an address, and how many were left out", () => {
    const clock = new VirtualClock(0);
    const records: BrokerLogRecord[] = [];
    const log = new ClientLog((record) => records.push(record), clock);
    for (let port = 0; port < 5; port++) log.report("a", "x", `10.0.0.1 ${port}`);
    log.report("b", "x", "10.0.0.1 9");
    log.report("a", "x", "10.0.0.2 9");
    clock.advance(60_000);
    log.report("a", "x".repeat(1000), "10.0.0.1 7");
    expect(records.map(({ code, peer, suppressed }) => [code, peer, suppressed])).toEqual([
      ["a", "10.0.0.1 0", 0],
      ["b", "10.0.0.1 9", 0],
      ["a", "10.0.0.2 9", 0],
      ["a", "10.0.0.1 7", 4],
    ]);
    expect(records[3]?.message.length).toBe(500);
  });

  it("is bounded, however many addresses there are", () => {
    const clock = new VirtualClock(0);
    let records = 0;
    const log = new ClientLog(() => records++, clock);
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 5000; i++) log.report("a", "x", `10.${minute}.${i >> 8}.${i & 255} 1`);
      expect(records).toBe((minute + 1) * 60);
      clock.advance(60_000);
    }
  });
});
