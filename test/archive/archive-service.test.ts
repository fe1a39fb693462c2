import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import rhea from "rhea";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import {
  Archive,
  ArchiveService,
  backtest,
  checkArchive,
  replay,
  REPLAYED_PROPERTY,
  replayToBus,
  type ArchiveServiceOptions,
} from "../../src/archive/index.ts";
import { openDatabase } from "../../src/database/index.ts";
import { Event } from "../../src/event/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { compileFilter } from "../../src/filter/index.ts";
import type { Leases } from "../../src/leases.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { RheaClient } from "../broker/rhea-client.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

function leave(id: string): string {
  return `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`;
}

const WAIT = { timeout: 60_000, interval: 50 };

describeWith([SQLITE], "the archive of a bus", () => {
  let folder: string;
  let broker: Broker;
  let url: string;
  let catalog: Catalog;
  let service: ArchiveService | undefined;
  let publisher: EventPublisher;
  let errors: XqbusError[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-archive-"));
    broker = await startBroker({ port: 0 });
    url = broker.url(undefined, "org.clacks");
    catalog = await loadCatalog({});
    publisher = await EventPublisher.open(url, { catalog });
    errors = [];
  }, 30_000);
  afterEach(async () => {
    await publisher.close();
    await service?.close(5000);
    service = undefined;
    await broker.close();
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (options: Partial<ArchiveServiceOptions> = {}): Promise<ArchiveService> => {
    service = new ArchiveService({
      ...{ url, connect: {}, catalog, folder, database: "sqlite:archive.db", subscription: "archive" },
      retention: {},
      onError: (error) => void errors.push(error),
      ...options,
    });
    await service.start();
    return service;
  };

  const count = async (): Promise<number> => (await (await service!.archive()).count()).matched;

  it("has every event that was sent, and each once when the daemon was away", async () => {
    await start();
    await Promise.all(Array.from({ length: 50 }, (_, at) => publisher.sendEvent(leave(`n${at}`))));
    await vi.waitFor(async () => expect(await count()).toBe(50), WAIT);
    await service?.close(5000);
    await publisher.sendEvent(leave("later"), { messageId: "later" });
    await start();
    await vi.waitFor(async () => expect(await count()).toBe(51), WAIT);
    const [event] = await (await service!.archive()).get("later");
    expect(event).toMatchObject({ type: "NodeLeave", routingKey: "org.clacks.event.NodeLeave", source: "/org.clacks" });
    expect(service?.health).toMatchObject({ isReceiving: true, failure: undefined, waiting: 0 });
    expect(errors).toEqual([]);
  });

  it("has only events of the routing keys that it is for", async () => {
    await start({ routingKey: "*.*.event.ClientLeave" });
    await publisher.sendEvent(leave("n"));
    const client = `<Event xmlns="http://www.gonicus.de/Events"><ClientLeave><Id>c</Id></ClientLeave></Event>`;
    await publisher.sendEvent(client);
    await vi.waitFor(async () => expect(await count()).toBe(1), WAIT);
  });

  it("has an event that came several times without an outcome, and warns of it", async () => {
    await start();
    const client = await RheaClient.connect(broker.url());
    const sender = await client.sender("org.clacks");
    for (const failures of [2, 3, 4]) {
      await sender.send(rhea.message.data_section(Buffer.from(leave(`n${failures}`))), {
        ...{ message_id: `m${failures}`, subject: "org.clacks.event.NodeLeave", content_type: "application/xml" },
        delivery_count: failures,
      });
      await vi.waitFor(async () => expect(await count()).toBe(failures - 1), WAIT);
    }
    await client.close();
    expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^xqbus:repeated-delivery the event m3 was delivered 3 times before, /),
    ]);
  });

  it("deletes what is not to be kept only while it is the process that does so", async () => {
    let begin: Parameters<Leases["hold"]>[1] | undefined;
    const leases: Leases = { hold: async (_, work) => ((begin = work), async () => undefined) };
    await start({ leases, pruneEveryMs: 10, retention: { maxBytes: 1 } });
    const send = (id: string): Promise<unknown> => publisher.sendEvent(leave(id), { messageId: id });
    await send("kept");
    await vi.waitFor(() => expect(service?.counts.written).toBe(1), WAIT);
    await sleep(50);
    expect(await count()).toBe(1);
    const lost = new AbortController();
    const end = await begin!(lost.signal);
    await vi.waitFor(async () => expect(await count()).toBe(0), WAIT);
    lost.abort();
    await end();
    await send("later");
    await vi.waitFor(async () => expect(await count()).toBe(1), WAIT);
    await sleep(50);
    expect(await count()).toBe(1);
    expect(errors).toEqual([]);
  });

  it("parks an event that the database refuses, says so once, and archives the others", async () => {
    const own = await (await start()).archive();
    await using database = await openDatabase<unknown>(own.name, { folder });
    await database.sql`CREATE TRIGGER rule BEFORE INSERT ON archive_event WHEN NEW.message_id = 'bad'
      BEGIN SELECT RAISE(ABORT, 'no bad events'); END`.execute(database.kysely);
    for (const messageId of ["a", "bad", "b"]) await publisher.sendEvent(leave(messageId), { messageId });
    await vi.waitFor(() => expect(service?.counts).toMatchObject({ written: 2, refused: 1 }), WAIT);
    await vi.waitFor(() => expect(broker.counts.deadLettered).toBe(1), WAIT);
    const letters: unknown[] = [];
    for await (const { reason, description } of broker.management.deadLetters()) letters.push([reason, description]);
    expect(letters).toEqual([["rejected", expect.stringContaining('event "bad" cannot be archived: ') as string]]);
    expect(await count()).toBe(2);
    expect(service?.health.failure).toBeUndefined();
    expect(errors.map(({ code }) => code)).toEqual(["xqbus:value-refused"]);
    expect(errors[0]?.message).toContain("no bad events");
  });

  it("sends events again with their ids, marked, and says before how many", async () => {
    await start();
    await publisher.sendEvent(leave("a"), { messageId: "1" });
    await publisher.sendEvent(leave("b"), { messageId: "2" });
    await vi.waitFor(async () => expect(await count()).toBe(2), WAIT);
    const own = await service!.archive();
    const query = { filter: compileFilter('//e:Id = "b"', { catalog }) };
    expect(await replayToBus(own, query, url, { dryRun: true })).toEqual({ matched: 1, sent: 0, unwanted: 0 });
    const got: unknown[] = [];
    await using consumer = await AMQPEventConsumer.open(broker.url(undefined, "again"), {
      callback: (event, { properties: { messageId, subject, applicationProperties } }) =>
        void got.push([event.get("Id"), messageId, subject, typeof applicationProperties[REPLAYED_PROPERTY]]),
    });
    expect(await replayToBus(own, query, broker.url(undefined, "again"))).toEqual({ matched: 1, sent: 1, unwanted: 0 });
    await vi.waitFor(() => expect(got).toEqual([["b", "2", "org.clacks.event.NodeLeave", "string"]]), WAIT);
    expect(consumer.status).toBe("connected");
  });

  it("replays at the speed of the events, or slower", async () => {
    let now = 1000;
    await using archive = await Archive.open(`sqlite:${join(folder, "a.db")}`, { catalog, now: () => now });
    for (const at of [1000, 2000, 5000]) {
      now = at;
      await archive.add(Event.parse(leave(`${at}`)));
    }
    const waits = async (options: object): Promise<number[]> => {
      const waited: number[] = [];
      await replay(archive, {}, () => undefined, { ...options, wait: async (ms) => void waited.push(ms) });
      return waited;
    };
    expect(await waits({})).toEqual([]);
    expect(await waits({ speed: 10 })).toEqual([100, 300]);
    expect(await waits({ rate: "2/s" })).toEqual([500, 500]);
    await expect(waits({ speed: 0 })).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
  });

  it("says what a filter would have done, and what was nearly so", async () => {
    await using archive = await Archive.open(`sqlite:${join(folder, "a.db")}`, { catalog });
    for (let at = 0; at < 20; at++) await archive.add(Event.parse(leave(`n${at}`)));
    const filter = compileFilter('/e:Event/e:NodeLeave[e:Id = ("n3", "n4")]', { catalog });
    const found = await backtest(archive, filter);
    expect(found).toMatchObject({ matched: 2, filterErrors: 0 });
    expect(found.hits.map(({ number }) => number)).toEqual([4, 5]);
    expect(found.nearMisses).toHaveLength(5);
    expect(found.nearMisses[0]?.explanation.matches).toBe(false);
  });

  it("counts what would not be valid any more, and still shows it", async () => {
    await using archive = await Archive.open(`sqlite:${join(folder, "a.db")}`, { catalog });
    await archive.add(Event.parse(leave("a")));
    await archive.add(Event.parse(leave("a").replace("<Id>a</Id>", "<Old>a</Old>")), { message: { id: "old" } });
    expect(await checkArchive(archive, catalog)).toEqual([
      {
        ...{ type: "NodeLeave", events: 2, invalid: 1 },
        problems: [{ number: 2, id: "old", problem: expect.stringContaining("Old") as string }],
      },
    ]);
    expect(Buffer.from((await archive.get("old"))[0]?.document ?? []).toString()).toContain("<Old>a</Old>");
  });
});

describeWith([POSTGRES], "the archive of a bus in PostgreSQL", () => {
  it("lets events wait on the bus while the database is away, and archives all of them in their order", async () => {
    using server = await TestPostgres.start();
    await using broker = await startBroker({ port: 0 });
    using catalog = await loadCatalog({});
    const url = broker.url(undefined, "org.clacks");
    await using publisher = await EventPublisher.open(url, { catalog });
    const errors: string[] = [];
    const options: ArchiveServiceOptions = {
      ...{ url, connect: {}, catalog, folder: ".", database: server.newDatabase("archive"), subscription: "archive" },
      retention: {},
      onError: ({ code }) => void errors.push(code),
    };
    const service = new ArchiveService(options);
    await service.start();
    await publisher.sendEvent(leave("before"));
    await vi.waitFor(async () => expect((await (await service.archive()).count()).matched).toBe(1), WAIT);
    server.kill();
    const sent = Array.from({ length: 60 }, (_, at) => `${at}`);
    for (const [at, messageId] of sent.entries()) {
      // Of a type that the archive has not seen, too; and the database is away for more than one attempt.
      await publisher.sendEvent(
        at % 5 === 3 ? leave(messageId).replaceAll("NodeLeave", "ClientLeave") : leave(messageId),
        {
          messageId,
        },
      );
      if (at === 30) await vi.waitFor(() => expect(service.counts.failures).toBeGreaterThan(3), WAIT);
    }
    expect(service.health.failure?.code).toBe("xqbus:database-unavailable");
    server.restart();
    await vi.waitFor(async () => expect((await (await service.archive()).count()).matched).toBe(61), WAIT);
    const ids: (string | undefined)[] = [];
    for await (const { id } of (await service.archive()).query({ after: 1 })) ids.push(id);
    expect(ids).toEqual(sent);
    expect(service.health.failure).toBeUndefined();
    expect(errors[0]).toBe("xqbus:database-unavailable");
    server.kill();
    await publisher.sendEvent(leave("last"), { messageId: "last" });
    await vi.waitFor(() => expect(service.health.failure?.code).toBe("xqbus:database-unavailable"), WAIT);
    await service.close(5000);
    server.restart();
    const later = new ArchiveService(options);
    await later.start();
    await vi.waitFor(async () => expect(await (await later.archive()).get("last")).toHaveLength(1), WAIT);
    await later.close(5000);
  }, 180_000);
});
