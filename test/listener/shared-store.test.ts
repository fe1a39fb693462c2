import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { postgresStatement, severalRows } from "../../src/database/rows/postgres-statement.ts";
import { forgetOld, ListenerStore, type Arrival } from "../../src/listener/store/index.ts";
import { eventKey, StoreBatch } from "../../src/listener/store/store-requests.ts";
import * as tables from "../../src/listener/store/tables.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith } from "../helpers/requirements.ts";

const LISTENER = 7;
/** Everything is old. */
const HORIZON = { deliveries: 1000, bodies: 1000, deadLetters: 1000 };

describeWith([POSTGRES], "the rows of listeners of several processes", () => {
  let postgres: TestPostgres;
  let url: string;
  let count = 0;
  let slots = 0;
  const stores: ListenerStore[] = [];
  beforeAll(async () => {
    postgres = await TestPostgres.start();
  }, 60_000);
  afterAll(() => postgres[Symbol.dispose]());
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  async function open(): Promise<ListenerStore> {
    const own = slots++;
    const store = await ListenerStore.openShared({
      ...{ url, slots: { count: 64, own: () => own } },
      onFailure: () => undefined,
    });
    stores.push(store);
    return store;
  }

  async function first(): Promise<ListenerStore> {
    url = postgres.newDatabase(`store${++count}`);
    return open();
  }

  const arrival = (number: number, id: string, listener: number = LISTENER): Arrival => ({
    event: {
      ...{ number, id, type: "NodeLeave", subject: "", time: 0, acceptedAt: 0, traceparent: undefined },
      ...{ checksum: 1, bytes: new Uint8Array([1, 2, 3]) },
    },
    deliveries: [{ number: number + 500, listener, matchedAt: 0, refusal: undefined }],
  });
  const numbersOf = async (store: ListenerStore, table: "event" | "delivery" | "attempt"): Promise<readonly number[]> =>
    (await store.read(`SELECT ${table === "attempt" ? "delivery" : "number"} AS n FROM ${table} ORDER BY 1`)).map(
      (row) => Number(row["n"]),
    );

  it("an id that no index takes keeps out no other event, and says that it is of no use to try again", async () => {
    const store = await first();
    // By chance, or the database would make it short.
    const long = randomBytes(20_000).toString("hex");
    const ids = ["a", "b", long, "c", "d"];
    const results = await Promise.allSettled(ids.map((id, at) => store.arrive(arrival(at + 1, id))));
    expect(results.map(({ status }) => status)).toEqual(ids.map((id) => (id === long ? "rejected" : "fulfilled")));
    expect(results[2]).toMatchObject({ reason: { code: "xqbus:value-refused" } });
    expect(await numbersOf(store, "event")).toEqual([1, 2, 4, 5]);
  });

  it("an event that two processes store at once is stored once, and those beside it are, too", async () => {
    const [one, other] = [await first(), await open()];
    for (let round = 0; round < 20; round++) {
      const at = round * 20;
      const batch = (store: ListenerStore, own: number): Promise<unknown>[] =>
        Array.from({ length: 5 }, (_, index) => {
          const number = at + own + index + 1;
          const id = index === 2 ? `both${round}` : `e${number}`;
          const attempt = (): Promise<unknown> => store.arrive(arrival(number, id));
          // As the bus brings it again.
          return index === 2 ? attempt().catch(attempt) : attempt();
        });
      await Promise.all([...batch(one, 0), ...batch(other, 10)]);
    }
    expect(await numbersOf(one, "event")).toHaveLength(20 * 9);
    expect(await numbersOf(one, "delivery")).toHaveLength(20 * 9);
  }, 60_000);

  it("a delivery that was redriven meanwhile stays with its attempts when it is to be forgotten", async () => {
    const store = await first();
    for (const number of [1, 2, 3]) {
      await store.arrive(arrival(number, `e${number}`));
      await store.change({
        sql: tables.ATTEMPT_INSERT,
        rows: [[number + 500, 1, 0, 0, "failed", null, null, null, null]],
      });
    }
    await store.change({
      sql: "UPDATE delivery SET state = ? WHERE number = ?",
      rows: [
        [tables.DEAD, 501],
        [tables.DELIVERED, 503],
      ],
    });
    const rows = [[501], [502], [503]];
    await store.change({ sql: tables.FORGET_DONE, rows }, { sql: tables.FORGET_ATTEMPTS, rows });
    expect([await numbersOf(store, "delivery"), await numbersOf(store, "attempt")]).toEqual([[502], [502]]);
  });

  it("an event that comes again while it is forgotten, or has been, is there with its body", async () => {
    const store = await first();
    await store.arrive(arrival(1, "a"));
    await store.change({ sql: "UPDATE delivery SET state = ? WHERE number = ?", rows: [[tables.DELIVERED, 501]] });
    const again = (number: number): StoreBatch =>
      new StoreBatch(
        [{ kind: "arrival", arrival: arrival(number, "a", LISTENER + number), done: () => undefined }],
        new Map([[eventKey("a", 1), { number: 1, listeners: new Set([LISTENER]) }]]),
      );
    await using database = await openDatabase<unknown>(url, { schema: "xqbus_listener" });
    let forgetting: Promise<unknown> = Promise.resolve();
    await database.kysely.transaction().execute(async (transaction) => {
      for (const { sql, rows } of again(2).writes) {
        for (const [text, parameters] of severalRows(sql, rows)) {
          await postgresStatement(database, text, parameters).execute(transaction);
        }
      }
      let isOver = false;
      forgetting = forgetOld(store, HORIZON, () => true).finally(() => (isOver = true));
      // It waits for this transaction, of which it knows nothing.
      await expect
        .poll(
          async () =>
            (
              await database.sql<{ readonly n: number }>`
                SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`.execute(database.kysely)
            ).rows[0]?.n,
          { timeout: 20_000 },
        )
        .toBe(1);
      expect(isOver).toBe(false);
    });
    await forgetting;
    expect([await numbersOf(store, "event"), await numbersOf(store, "delivery")]).toEqual([[1], [502]]);
    expect((await store.events([1])).get(1)?.bytes).toHaveLength(3);

    await store.change({ sql: "UPDATE delivery SET state = ? WHERE number = ?", rows: [[tables.DELIVERED, 502]] });
    await forgetOld(store, HORIZON, () => true);
    expect(await numbersOf(store, "event")).toEqual([]);
    await store.change(...again(3).writes);
    expect((await store.events([1])).get(1)?.bytes).toHaveLength(3);
  });
});
