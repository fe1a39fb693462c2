import { describe, expect, it } from "vitest";
import type { AttemptReport } from "../../../src/listener/index.ts";
import { apis, fakeDeadLetters, LETTER } from "./harness.ts";

const { start } = apis();

describe("listeners, deliveries and dead letters over the client", () => {
  it("are made, changed, paused, tested and deleted", async () => {
    const api = await start();
    const { client } = api;
    const made = await client.listeners.create({
      name: "one",
      notifier: "http",
      config: { url: "https://example.org" },
    });
    expect(await client.listeners.list()).toEqual([made]);
    expect(await client.listeners.get(made.id)).toEqual(made);
    expect(await client.listeners.update(made.id, { name: "two", rate: "5/s" })).toEqual({
      ...made,
      name: "two",
      rate: "5/s",
      updatedAt: 2,
    });
    expect((await client.listeners.pause(made.id)).state).toBe("paused");
    expect((await client.listeners.resume(made.id)).state).toBe("active");
    const tested = { eventType: "PhoneStatus", outcome: "delivered", status: 200, excerpt: "ok", elapsedMs: 1 };
    expect(await client.listeners.test(made.id)).toEqual(tested);
    expect(await (await api.call(`/listeners/${made.id}/test`, { method: "POST" })).json()).toEqual(tested);
    expect(await client.listeners.test(made.id, { eventType: "CollectD" })).toEqual({
      ...tested,
      eventType: "CollectD",
    });
    expect(await client.listeners.delete(made.id, { dryRun: true })).toEqual({ waiting: 1 });
    expect((await client.listeners.list()).length).toBe(1);
    expect(await client.listeners.delete(made.id)).toEqual({ waiting: 1 });
    expect(await client.listeners.list()).toEqual([]);
  });

  it("are listed, shown and tried again", async () => {
    const { client } = await start();
    const [delivery] = await client.deliveries.list();
    expect(delivery).toMatchObject({ id: "d1", state: "dead", attempts: [{ number: 1, status: 503 }] });
    expect(await client.deliveries.list({ state: "waiting" })).toEqual([]);
    expect(await client.deliveries.get("d1")).toEqual(delivery);
    expect(await client.deliveries.retry("d1")).toEqual(delivery);
    expect(await client.events.trace("e1")).toMatchObject({ eventId: "e1", deliveries: [delivery] });
  });

  it("are redriven and deleted, by what is given", async () => {
    const { client } = await start();
    expect(await client.deadLetters.list()).toEqual([LETTER]);
    expect(await client.deadLetters.list({ reason: "age" })).toEqual([]);
    expect(await client.deadLetters.groups()).toMatchObject([{ count: 1, example: LETTER.id }]);
    expect(await client.deadLetters.redrive({ ids: ["x"] })).toEqual({ matched: 0, changed: 0, refused: [] });
    expect(await client.deadLetters.redrive({ ids: [LETTER.id] }, { dryRun: true })).toEqual({
      matched: 1,
      changed: 1,
      refused: [],
    });
    expect(await client.deadLetters.delete({ ids: [LETTER.id] })).toEqual({ matched: 1, changed: 1, refused: [] });
    expect(await client.deadLetters.list()).toEqual([]);
  });
});

describe("the document of a dead letter", () => {
  it("is as it was sent only for those who may change it", async () => {
    const api = await start({}, { deadLetters: fakeDeadLetters("no event \u00e9") });
    expect(Buffer.from((await api.client.deadLetters.show(LETTER.id)).document).toString()).toBe("");
    expect(Buffer.from((await api.client.deadLetters.show(LETTER.id, { raw: true })).document).toString()).toBe(
      "no event \u00e9",
    );
    const headers = { authorization: `Bearer ${await api.token("dead-letter:read")}` };
    expect((await api.call(`/dead-letters/${LETTER.id}`, { headers })).status).toBe(200);
    expect((await api.call(`/dead-letters/${LETTER.id}?raw=true`, { headers })).status).toBe(403);
  });

  it("is shown as an event", async () => {
    const document =
      '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>1</CallerId></PhoneStatus></Event>';
    const { client } = await start({}, { deadLetters: fakeDeadLetters(document) });
    const shown = await client.deadLetters.show(LETTER.id);
    expect({ ...shown, document: Buffer.from(shown.document).toString() }).toEqual({ ...LETTER, document });
  });
});

describe("the embedded broker over the client", () => {
  it("shows queues and connections, and moves, purges and deletes messages, with a dry run that tells how many", async () => {
    const { client, bus, parts } = await start();
    const sample = parts.catalog.sample("PhoneStatus");
    const consumer = await bus.consumer({ durable: "kept" });
    await consumer.close();
    await client.events.publish(sample);
    expect(await client.broker.subscriptions()).toMatchObject([{ topic: "org.clacks", messages: 1, kept: true }]);
    expect(await client.broker.queues()).toEqual([]);
    expect(await client.broker.get()).toMatchObject({ isEmbedded: true, counts: { received: 1 } });
    const [connection] = await client.broker.connections();
    expect(connection).toMatchObject({ user: "admin", links: [{ role: "publisher" }] });
    await expect(client.broker.move("a", "b", { dryRun: true })).rejects.toMatchObject({
      code: "amqp:not-found",
      status: 404,
    });
    await expect(client.broker.delete("a")).rejects.toMatchObject({ code: "amqp:not-found" });
    expect(await client.broker.replay("org.clacks")).toEqual({ messages: 0 });
    await client.broker.closeConnection(connection!.id);
    await expect
      .poll(async () => (await client.broker.connections()).some(({ id }) => id === connection!.id))
      .toBe(false);
  });
});

describe("health", () => {
  it.each([
    ["ok", 200],
    ["degraded", 200],
    ["failed", 503],
  ] as const)(
    "that is %s is answered with %i, and its details only to those who have logged in",
    async (status, expected) => {
      const check = { name: "disk", status, detail: "/var/lib/xqbus has 5 GiB" };
      const api = await start({}, { health: async () => ({ status, checks: [check] }) });
      const open = await api.call("/readyz", { headers: { authorization: "" } });
      expect([open.status, await open.json()]).toEqual([expected, { status, checks: [{ ...check, detail: "" }] }]);
      expect(await api.client.health()).toEqual({ status, checks: [check] });
      expect((await api.call("/livez", { headers: { authorization: "" } })).status).toBe(200);
    },
  );

  it("that cannot be told is a failure", async () => {
    const { client } = await start({}, { health: () => Promise.reject(new Error("secret")) });
    expect(await client.health()).toEqual({
      status: "failed",
      checks: [{ name: "health", status: "failed", detail: "the checks have failed" }],
    });
  });
});

describe("the metrics", () => {
  it("tell of requests, events, listeners, attempts and the broker", async () => {
    const heard: ((report: AttemptReport) => void)[] = [];
    const api = await start({}, { onAttempt: (hear) => void heard.push(hear) });
    await api.client.events.publish(api.parts.catalog.sample("PhoneStatus"));
    await api.client.events.publish("<Event/>").catch(() => undefined);
    const { id } = await api.client.listeners.create({ notifier: "http", config: {} });
    await api.bus.consumer();
    const attempt = {
      number: 1,
      startedAt: 1000,
      endedAt: 1300,
      status: 500,
      excerpt: undefined,
      code: undefined,
      message: undefined,
    };
    const report = { listener: id, notifier: "http", delivery: "d", eventId: "e", eventType: "x", acceptedAt: 500 };
    heard[0]!({ ...report, attempt: { ...attempt, outcome: "failed" }, next: "retry" });
    heard[0]!({
      ...report,
      attempt: { ...attempt, outcome: "delivered", startedAt: 2000, endedAt: 2400 },
      next: undefined,
    });
    await api.call("/nothing/at/all");
    const response = await api.call("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await response.text()).split("\n");
    for (const line of [
      'xqbus_publish_duration_seconds_count{type="PhoneStatus",outcome="accepted"} 1',
      'xqbus_http_request_duration_seconds_count{method="POST",route="/events",status="202"} 1',
      'xqbus_http_request_duration_seconds_count{method="POST",route="/events",status="422"} 1',
      'xqbus_http_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1',
      `xqbus_listener_delivered_total{listener="${id}",notifier="http"} 2`,
      `xqbus_listener_waiting{listener="${id}",notifier="http"} 1`,
      'xqbus_listeners{state="active"} 1',
      'xqbus_listeners{state="broken"} 0',
      'xqbus_delivery_attempt_duration_seconds_sum{notifier="http",outcome="failed"} 0.3',
      'xqbus_delivery_attempt_duration_seconds_count{notifier="http",outcome="delivered"} 1',
      'xqbus_delivery_latency_seconds_sum{notifier="http"} 1.9',
      'xqbus_delivery_retries_total{notifier="http"} 1',
      "xqbus_broker_received_total 1",
      "xqbus_http_streams 0",
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.find((line) => /^xqbus_queue_messages\{kind="subscription",address="org.clacks"/.test(line))).toMatch(
      / 0$/,
    );
    expect(lines.find((line) => line.startsWith("process_resident_memory_bytes"))).toBeDefined();
  });
});

describe("the end", () => {
  it("waits for requests that run, and takes no more", async () => {
    let answer: (() => void) | undefined;
    const running = new Promise<void>((resolve) => (answer = resolve));
    let isAsked: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const api = await start(
      {},
      {
        health: async () => {
          isAsked?.();
          await running;
          return { status: "ok", checks: [] };
        },
      },
    );
    const response = api.call("/readyz");
    await asked;
    const closed = api.close();
    await new Promise((resolve) => setImmediate(resolve));
    answer?.();
    expect((await response).status).toBe(200);
    await closed;
    await expect(api.call("/livez", { headers: { authorization: "" } })).rejects.toThrow();
    await api.close();
  });

  it("does not wait for ever", async () => {
    let isAsked: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const api = await start(
      { closeTimeoutMs: 50 },
      {
        health: () => {
          isAsked?.();
          return new Promise(() => {});
        },
      },
    );
    const response = api.call("/readyz").catch(() => "cut");
    await asked;
    await api.close();
    expect(await response).toBe("cut");
  });
});
