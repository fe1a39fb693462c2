import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { Archive, REPLAYED_PROPERTY, replayEvents, replayToBus, urlOfAddress } from "../../src/archive/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import { Event } from "../../src/event/index.ts";
import type { PropertyValue } from "../../src/filter/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

const DAY = 86_400_000;

describe("a slow replay", () => {
  afterEach(() => vi.useRealTimers());

  async function* daysApart(...days: readonly number[]): AsyncIterableIterator<{ readonly time: number }> {
    for (const day of days) yield { time: day * DAY };
  }

  it("waits longer than one timer can", async () => {
    vi.useFakeTimers({ now: 0 });
    const sent: number[] = [];
    const replaying = replayEvents(daysApart(0, 60), { take: ({ time }) => void sent.push(time / DAY) }, { speed: 1 });
    await vi.advanceTimersByTimeAsync(59 * DAY);
    expect(sent).toEqual([0]);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(await replaying).toEqual({ matched: 2, sent: 2, unwanted: 0 });
  });

  it.each([
    ["while it waits", 1],
    ["before it waits", 0],
  ])("ends when it is cancelled %s", async (_, days) => {
    vi.useFakeTimers({ now: 0 });
    const { signal, abort } = ((controller) => ({ signal: controller.signal, abort: () => controller.abort() }))(
      new AbortController(),
    );
    const take = (): void => void (days === 0 ? abort() : undefined);
    const replaying = replayEvents(daysApart(0, 60), { take }, { speed: 1, signal });
    const refused = expect(replaying).rejects.toMatchObject({ code: "xqbus:aborted" });
    await vi.advanceTimersByTimeAsync(days * DAY);
    abort();
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  });
});

it.each([["not a word"], ["a/b"], ["/"], [""], ["a..b"], ["x".repeat(201)]])("%j is no address", (address) => {
  expect(() => urlOfAddress("amqp://localhost/x", address)).toThrow(
    /is no address that events can be sent to; expected/,
  );
});

describeWith([SQLITE], "a replay to an address", () => {
  it("sends messages as they were, but for the mark and the user", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-replay-"));
    await using broker = await startBroker({ port: 0 });
    using catalog = await loadCatalog({});
    await using archive = await Archive.open(`sqlite:${join(folder, "a.db")}`, { catalog });
    const document = `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>a</Id></NodeLeave></Event>`;
    const applicationProperties = new Map<string, PropertyValue>([
      ...([
        ["cloudEvents_source", "/elsewhere"],
        ["cloudEvents_type", "x.y"],
        ["traceparent", "00-1-2-01"],
      ] as const),
      ...([
        ["whole", 3n],
        ["large", 2n ** 64n - 1n],
        ["negative", -(2n ** 63n)],
        ["double", 3],
      ] as const),
      ...([
        ["flag", true],
        ["nothing", null],
        ["time", new Date(5)],
        ["bytes", Buffer.from("ab")],
      ] as const),
    ]);
    const message = { id: "m", subject: "org.clacks.x", creationTime: new Date(1000), correlationId: "c" };
    await archive.add(Event.parse(document), { message: { ...message, applicationProperties }, groupId: "g" });
    await archive.add(Event.parse(document), { message: { id: "bare" } });
    const url = urlOfAddress(broker.url(undefined, "x"), "again");
    await using again = await Archive.open(`sqlite:${join(folder, "b.db")}`, { catalog });
    await using consumer = await AMQPEventConsumer.open(url, {
      callback: async (event, { message: got, properties: { groupId } }) => again.add(event, { message: got, groupId }),
    });
    expect((await replayToBus(archive, {}, url)).sent).toBe(2);
    await expect.poll(async () => (await again.stats()).events, { timeout: 60_000 }).toBe(2);
    const [found] = await again.get("m");
    const properties = new Map(found?.message.applicationProperties);
    expect(properties.get(REPLAYED_PROPERTY)).toMatch(/^\d{4}-/);
    properties.delete(REPLAYED_PROPERTY);
    expect(properties).toEqual(applicationProperties);
    expect(found).toMatchObject({
      source: "/elsewhere",
      time: 1000,
      routingKey: "org.clacks.x",
      groupId: "g",
      message,
    });
    expect([...((await again.get("bare"))[0]?.message.applicationProperties?.keys() ?? [])]).toEqual([
      REPLAYED_PROPERTY,
    ]);
    expect(consumer.status).toBe("connected");
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it("keeps nothing of the publisher for other events", async () => {
    await using broker = await startBroker({ port: 0 });
    await using publisher = await EventPublisher.open(broker.url(undefined, "x"), { validate: false });
    const seen: unknown[] = [];
    await using consumer = await AMQPEventConsumer.open(broker.url(undefined, "x"), {
      callback: (_, { properties: { applicationProperties, creationTime } }) =>
        void seen.push([applicationProperties["cloudEvents_source"], creationTime?.getTime() === 1]),
    });
    const document = `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>a</Id></NodeLeave></Event>`;
    await publisher.sendEvent(document, { repeats: { creationTime: new Date(1) } });
    await publisher.sendEvent(document);
    await expect.poll(() => seen.length, { timeout: 60_000 }).toBe(2);
    expect(seen).toEqual([
      [undefined, true],
      ["/x", false],
    ]);
    expect(consumer.status).toBe("connected");
  }, 60_000);
});
