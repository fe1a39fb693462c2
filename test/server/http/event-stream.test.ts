import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Event } from "../../../src/event/index.ts";
import { answerOf, apis, type RunningApi } from "./harness.ts";

const { start } = apis();

interface SentEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data?: unknown;
}

/** Reads server-sent events one after the other. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  /** The next record that is no comment; undefined at the end. */
  async next(): Promise<SentEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const record = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (!record.startsWith(":")) return fieldsOf(record);
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

function fieldsOf(record: string): SentEvent {
  const fields = Object.fromEntries(record.split("\n").map((line) => line.split(/: (.*)/s))) as Record<string, string>;
  return { ...fields, ...("data" in fields ? { data: JSON.parse(fields["data"] ?? "") as unknown } : {}) };
}

async function watch(api: RunningApi, query = "", headers?: Record<string, string>): Promise<Reader> {
  const response = await api.call(`/events/stream${query}`, headers === undefined ? {} : { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return new Reader(response);
}

function phoneStatus(api: RunningApi, seed: number): string {
  return api.parts.catalog.sample("PhoneStatus", { seed });
}

describe("a live tail", () => {
  it("shows events as they come, with their ids", async () => {
    const api = await start();
    const reader = await watch(api);
    const { id } = await api.client.events.publish(phoneStatus(api, 1));
    const sent = await reader.next();
    const { name, content } = Event.parse(phoneStatus(api, 1), { catalog: api.parts.catalog });
    expect(sent).toEqual({
      id,
      data: {
        id,
        type: "PhoneStatus",
        subject: "org.clacks.event.PhoneStatus",
        time: expect.any(Number) as unknown,
        event: { [name]: content },
      },
    });
    await reader.cancel();
  });

  it("shows what a filter and a list of types want, each reader its own", async () => {
    const api = await start();
    const callerOf = (seed: number): string =>
      String(Event.parse(phoneStatus(api, seed), { catalog: api.parts.catalog }).get("CallerId"));
    const query = `?xquery=${encodeURIComponent(`/e:Event/e:PhoneStatus[e:CallerId = "${callerOf(2)}"]`)}`;
    const [one, collectd, both] = [
      await watch(api, query),
      await watch(api, "?type=CollectD"),
      await watch(api, "?type=CollectD&type=PhoneStatus"),
    ];
    for (const seed of [1, 2, 3]) await api.client.events.publish(phoneStatus(api, seed), { id: `p${seed}` });
    await api.client.events.publish(api.parts.catalog.sample("CollectD"), { id: "c" });
    expect((await one.next())?.id).toBe("p2");
    expect((await collectd.next())?.id).toBe("c");
    expect([(await both.next())?.id, (await both.next())?.id, (await both.next())?.id]).toEqual(["p1", "p2", "p3"]);
    for (const reader of [one, collectd, both]) await reader.cancel();
  });

  it("shows no more than the key allows", async () => {
    const api = await start();
    const headers = { authorization: `Bearer ${await api.token("event:consume:CollectD")}` };
    const reader = await watch(api, "", headers);
    await api.client.events.publish(phoneStatus(api, 1), { id: "secret" });
    await api.client.events.publish(api.parts.catalog.sample("CollectD"), { id: "c" });
    expect((await reader.next())?.id).toBe("c");
    expect((await api.call("/events/stream?type=PhoneStatus", { headers })).status).toBe(403);
    await reader.cancel();
  });

  it("ends at the next sign of life when its key is deleted, also without an event", async () => {
    const api = await start({ heartbeatMs: 20 });
    const key = await api.client.apiKeys.create("reader", ["event:consume"]);
    const form = { method: "POST", headers: { authorization: `Basic ${btoa(`${key.id}:${key.secret}`)}` } };
    const { access_token: token } = (await (await api.call("/token", form)).json()) as { access_token: string };
    const reader = await watch(api, "", { authorization: `Bearer ${token}` });
    await api.client.apiKeys.delete(key.id);
    expect([await reader.next(), await reader.next()]).toEqual([
      { event: "end", data: { reason: "the API key was deleted" } },
      undefined,
    ]);
  });

  it("ends when its key is deleted, and when the daemon stops", async () => {
    const api = await start();
    const key = await api.client.apiKeys.create("reader", ["event:consume"]);
    const form = { method: "POST", headers: { authorization: `Basic ${btoa(`${key.id}:${key.secret}`)}` } };
    const { access_token: token } = (await (await api.call("/token", form)).json()) as { access_token: string };
    const reader = await watch(api, "", { authorization: `Bearer ${token}` });
    const other = await watch(api);
    await api.client.apiKeys.delete(key.id);
    await api.client.events.publish(phoneStatus(api, 1));
    expect([await reader.next(), await reader.next()]).toEqual([
      { event: "end", data: { reason: "the API key was deleted" } },
      undefined,
    ]);
    expect((await other.next())?.id).toBeDefined();
    await api.close();
    expect([await other.next(), await other.next()]).toEqual([
      { event: "end", data: { reason: "the daemon stops" } },
      undefined,
    ]);
  });

  it("shares one consumer, which is there while somebody watches", async () => {
    const api = await start();
    const consumers = (): number =>
      api.bus.broker.management.connections().flatMap(({ links }) => links.filter(({ role }) => role === "consumer"))
        .length;
    expect(consumers()).toBe(0);
    const readers = [await watch(api), await watch(api), await watch(api)];
    expect(consumers()).toBe(1);
    for (const reader of readers) await reader.cancel();
    await expect.poll(consumers).toBe(0);
    const again = await watch(api);
    await api.client.events.publish(phoneStatus(api, 1), { id: "again" });
    expect((await again.next())?.id).toBe("again");
    await again.cancel();
  });

  it("is limited in number, for each key and for all", async () => {
    const api = await start({ maxStreams: 3, maxStreamsPerKey: 2 });
    const readers = [await watch(api), await watch(api)];
    expect(await answerOf(await api.call("/events/stream"))).toMatchObject({
      status: 429,
      body: { code: "xqbus:too-many-requests" },
    });
    const headers = { authorization: `Bearer ${await api.token("event:consume")}` };
    readers.push(await watch(api, "", headers));
    expect((await api.call("/events/stream", { headers })).status).toBe(429);
    await readers.pop()?.cancel();
    await expect
      .poll(async () => (await (await api.call("/metrics")).text()).match(/^xqbus_http_streams (\d+)/m)?.[1])
      .toBe("2");
    readers.push(await watch(api, "", headers));
    for (const reader of readers) await reader.cancel();
  });

  it("tells a slow reader how many events it has missed, and does not keep others waiting", async () => {
    const api = await start({ maxStreamBytes: 4096, rateLimit: "100000/min" });
    const token = await api.token();
    const { socket, text } = await slowReader(api, token);
    const quick = await watch(api);
    // Larger than what the sockets of both sides hold together.
    const filler = "x".repeat(200_000);
    const big = phoneStatus(api, 1).replace(/(<CallerId>)[^<]*/, `$1${filler}`);
    const published = 100;
    for (let each = 0; each < published; each++) {
      await api.client.events.publish(big, { id: `e${each}` });
      expect((await quick.next())?.id).toBe(`e${each}`);
    }
    socket.resume();
    await expect.poll(() => text().includes("event: dropped"), { timeout: 30_000 }).toBe(true);
    const received = text().match(/^id: e\d+$/gm)?.length ?? 0;
    const dropped = Number(/event: dropped\ndata: \{"count":(\d+)\}/.exec(text())?.[1]);
    expect(dropped).toBeGreaterThan(0);
    expect(received + dropped).toBe(published);
    // From now on it sees them again.
    await api.client.events.publish(phoneStatus(api, 1), { id: "last" });
    await expect.poll(() => text().includes("id: last"), { timeout: 30_000 }).toBe(true);
    socket.destroy();
    await quick.cancel();
  });
});

/** A reader that has asked and then does not read. */
async function slowReader(api: RunningApi, token: string): Promise<{ socket: Socket; text: () => string }> {
  let received = "";
  const socket = connect(api.port, "127.0.0.1");
  socket.setEncoding("utf8");
  await new Promise<void>((resolve) => {
    socket.on("data", (part: string) => {
      received += part;
      if (received.includes(": live")) resolve();
    });
    socket.write(`GET /events/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  });
  socket.pause();
  return { socket, text: () => received.replace(/\r\n[0-9a-f]+\r\n/g, "") };
}

it("a live tail whose filter costs too much is told so and ended, and others go on", async () => {
  const api = await start();
  const costly = encodeURIComponent("//e:PhoneStatus and (some $i in 1 to 100000000 satisfies $i = -1)");
  const [reader, other] = [await watch(api, `?xquery=${costly}`), await watch(api)];
  for (let seed = 1; seed <= 4; seed++) await api.client.events.publish(phoneStatus(api, seed));
  const reason = "the filter has run out of its budget 3 times; expected one that costs less";
  expect(await reader.next()).toEqual({ event: "end", data: { reason } });
  expect(await reader.next()).toBeUndefined();
  for (let seed = 1; seed <= 4; seed++) expect((await other.next())?.event).toBeUndefined();
  await other.cancel();
});
