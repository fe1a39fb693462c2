import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { EventMaker } from "../../src/event/index.ts";
import { installProducer, openRelay, outbox, uninstallProducer } from "../../src/producer/index.ts";
import { openDatabase } from "../../src/database/index.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith } from "../helpers/requirements.ts";
import { startTestBroker, told, type TestBroker } from "./test-relay.ts";

describeWith([POSTGRES], "a relay of PostgreSQL with several sessions", () => {
  let server: TestPostgres;
  let count = 0;
  beforeAll(async () => void (server = await TestPostgres.start()), 60_000);
  afterAll(() => server[Symbol.dispose]());

  const sessions = async (url: string, number: number): Promise<readonly pg.Client[]> => {
    const clients = Array.from({ length: number }, () => new pg.Client({ connectionString: url }));
    for (const client of clients) {
      client.on("error", () => undefined);
      await client.connect();
    }
    return clients;
  };
  const prepare = async (): Promise<string> => {
    const url = server.newDatabase(`relay${++count}`);
    await using database = await openDatabase<unknown>(url);
    const { sql, kysely } = database;
    await sql`CREATE TABLE t(id integer PRIMARY KEY, v integer)`.execute(kysely);
    await sql`INSERT INTO t VALUES(1, 0), (2, 0), (3, 0)`.execute(kysely);
    await installProducer(database, { table: "t" });
    return url;
  };
  const publish = (url: string, bus: TestBroker): Promise<void> =>
    openRelay({ database: url, bus: bus.url, once: true }).ended;

  it("neither loses nor waits for a transaction that begins first and commits last", async () => {
    const url = await prepare();
    await using bus = await startTestBroker();
    const [early, late] = await sessions(url, 2);
    await early?.query("BEGIN; UPDATE t SET v = 1 WHERE id = 1");
    await late?.query("UPDATE t SET v = 2 WHERE id = 2");
    await publish(url, bus);
    expect((await bus.first(1)).map(told)).toEqual(["Updated t 2 v=0>2"]);
    await early?.query("COMMIT");
    await publish(url, bus);
    expect((await bus.first(2)).map(told)).toEqual(["Updated t 2 v=0>2", "Updated t 1 v=0>1"]);
    await Promise.all([early?.end(), late?.end()]);
  });

  it("keeps the changes of one row in order, whichever transaction has begun first, while a third one is open", async () => {
    const url = await prepare();
    await using bus = await startTestBroker();
    const [first, open, second] = await sessions(url, 3);
    // In this order their numbers are given.
    await first?.query("BEGIN; UPDATE t SET v = 9 WHERE id = 2");
    await open?.query("BEGIN; UPDATE t SET v = 9 WHERE id = 3");
    await second?.query("UPDATE t SET v = 1 WHERE id = 1");
    await first?.query("UPDATE t SET v = 2 WHERE id = 1; COMMIT");
    await publish(url, bus);
    await open?.query("COMMIT");
    await publish(url, bus);
    const events = (await bus.first(4)).map(told);
    expect(events.filter((text) => text.startsWith("Updated t 1"))).toEqual(["Updated t 1 v=0>1", "Updated t 1 v=1>2"]);
    expect(events.at(-1)).toBe("Updated t 3 v=0>9");
    await Promise.all([first?.end(), open?.end(), second?.end()]);
  });

  it("tells of every row that TRUNCATE takes away, of columns that come and go, and of writers without rights", async () => {
    const url = await prepare();
    await using bus = await startTestBroker();
    const [client] = await sessions(url, 1);
    await client?.query("CREATE ROLE writer; GRANT ALL ON t TO writer; SET ROLE writer; SET timezone = 'Asia/Tokyo'");
    await client?.query("UPDATE t SET v = 7 WHERE id = 1");
    await expect(
      client?.query("INSERT INTO xqbus_outbox(message_id, kind, body) VALUES('a', 'event', 'b')"),
    ).rejects.toThrow("permission denied");
    await expect(client?.query("SELECT xqbus_record('store', NULL, '{}', ARRAY['a'])")).rejects.toThrow(
      "permission denied",
    );
    await client?.query(
      "RESET ROLE; ALTER TABLE t DROP COLUMN v; ALTER TABLE t ADD COLUMN at timestamptz, ADD COLUMN j json",
    );
    await client?.query(`UPDATE t SET at = '2026-01-01 00:00:00.5+01', j = '{"a": 1}' WHERE id = 1`);
    await client?.query("BEGIN; TRUNCATE t; ROLLBACK; DELETE FROM t WHERE id = 3; TRUNCATE t");
    await publish(url, bus);
    expect((await bus.first(5)).map(told)).toEqual([
      "Updated t 1 v=0>7",
      'Updated t 1 at=NULL>2025-12-31T23:00:00.5+00:00 j=NULL>{"a": 1}',
      "Deleted t 3 id=3 at=NULL j=NULL",
      "Deleted t 2 id=2 at=NULL j=NULL",
      'Deleted t 1 id=1 at=2025-12-31T23:00:00.5+00:00 j={"a": 1}',
    ]);
    await client?.end();
  });

  it("lets no masked value out under another name, until it is installed again", async () => {
    const url = await prepare();
    await using bus = await startTestBroker();
    await using database = await openDatabase<unknown>(url);
    const [client] = await sessions(url, 1);
    await client?.query("ALTER TABLE t ADD COLUMN iban text, ADD COLUMN name text");
    await installProducer(database, { table: "t", mask: ["iban"] });
    await client?.query("ALTER TABLE t RENAME COLUMN iban TO account; ALTER TABLE t ADD COLUMN late text");
    await client?.query("UPDATE t SET account = 'DE00', name = 'n', late = 'l', v = 1 WHERE id = 1");
    expect((await client?.query("SELECT body FROM xqbus_outbox"))?.rows[0]).not.toMatchObject({
      body: expect.stringMatching(/DE00|"tl"/) as string,
    });
    await installProducer(database, { table: "t", mask: ["account"] });
    await client?.query("UPDATE t SET account = 'DE01', late = 'm' WHERE id = 1");
    await publish(url, bus);
    expect((await bus.first(2)).map(told)).toEqual([
      "Updated t 1 v=0>1 account(masked)= name=NULL>n late(masked)=",
      "Updated t 1 account(masked)= late=l>m",
    ]);
    await client?.end();
  });

  it("is not taken away over an event that is about to be committed", async () => {
    const url = await prepare();
    await using database = await openDatabase<unknown>(url);
    const [changing, adding] = await sessions(url, 2);
    await changing?.query("BEGIN; UPDATE t SET v = 1 WHERE id = 1");
    await adding?.query("BEGIN");
    if (adding !== undefined)
      await outbox.add(adding, '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus/></Event>');
    const removed = uninstallProducer(database, undefined);
    removed.catch(() => undefined);
    const waits = async (): Promise<void> => {
      const { rows } = await database.sql<{ readonly count: number }>`
        SELECT count(*) AS count FROM pg_locks WHERE NOT granted`.execute(database.kysely);
      expect(rows[0]?.count).toBe(1);
    };
    await vi.waitFor(waits, 20_000);
    await changing?.query("COMMIT");
    await adding?.query("COMMIT");
    await expect(removed).rejects.toMatchObject({
      message: expect.stringContaining("2 events are in the outbox") as string,
    });
    await using bus = await startTestBroker();
    await publish(url, bus);
    expect(told((await bus.first(1))[0]!)).toBe("Updated t 1 v=0>1");
    // The other one is no event, and parked.
    await expect(uninstallProducer(database, undefined)).rejects.toThrow("1 event is in the outbox");
    expect(await uninstallProducer(database, undefined, { discard: true })).toMatchObject({ lostEvents: 1 });
    await Promise.all([changing?.end(), adding?.end()]);
  });

  it("publishes what a client of pg adds, wakes at once, and outlives a server that goes away", async () => {
    const own = await TestPostgres.start();
    try {
      {
        await using database = await openDatabase<unknown>(own.url);
        await installProducer(database, undefined);
        await database.sql`CHECKPOINT`.execute(database.kysely);
      }
      await using bus = await startTestBroker();
      const e = EventMaker();
      const event = e.Event(e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Status: "busy" }));
      const add = async (messageId: string): Promise<void> => {
        const [client] = await sessions(own.url, 1);
        if (client === undefined) return;
        await client.query("BEGIN");
        await outbox.add(client, event, { messageId });
        await client.query("COMMIT");
        await client.end();
      };
      {
        await using woken = openRelay({ database: own.url, bus: bus.url, pollMs: 3_600_000 });
        await vi.waitFor(() => expect(woken.state.kind).toBe("working"), 20_000);
        await add("one");
        await bus.first(1);
      }
      await using relay = openRelay({ database: own.url, bus: bus.url, pollMs: 100, retryMs: 100 });
      await vi.waitFor(() => expect(relay.state.kind).toBe("working"), 20_000);
      own.kill();
      await vi.waitFor(
        () => expect(relay.state).toMatchObject({ kind: "failing", error: { code: "xqbus:database-unavailable" } }),
        20_000,
      );
      own.restart();
      await vi.waitFor(() => expect(relay.state.kind).toBe("working"), 30_000);
      await add("two");
      expect((await bus.first(2)).map(({ messageId }) => messageId)).toEqual(["one", "two"]);
    } finally {
      own[Symbol.dispose]();
    }
  }, 90_000);
});
