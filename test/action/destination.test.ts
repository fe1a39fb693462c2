import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import {
  bulkInsert,
  connect,
  createTableSql,
  tableNames,
  useDatabases,
  type Destination,
} from "../../src/action/destination/index.ts";
import { describeWith } from "../helpers/requirements.ts";
import { PRODUCTS, type RunningProduct, type TestDatabase } from "../producer/products.ts";

for (const product of PRODUCTS) {
  describeWith([product.requirement], `a destination on ${product.name}`, () => {
    const isSqlite = product.name === "SQLite";
    let running: RunningProduct;
    let db: TestDatabase;
    let close: () => Promise<void>;
    let destination: Destination;
    beforeAll(async () => void (running = await product.start()), 60_000);
    afterAll(() => running.stop());
    beforeEach(async () => {
      db = await running.open();
      close = useDatabases({ "dwh/data_prim": db.url });
      destination = connect("dwh/data_prim/");
      await createTableSql(db.database, "event_handle").run();
    });
    afterEach(async () => {
      await close();
      await db[Symbol.asyncDispose]();
    });

    const rows = [
      { event_id: 1, event_name: "Rebecca", event_content: "imperdiet ornare.", date: "2026-11-22" },
      {
        event_id: "12345678901234567890.5",
        event_name: "é 😀 '\"",
        event_content: null,
        date: new Date(Date.UTC(2026, 0, 2)),
      },
      { event_id: 3 },
    ];

    it("takes rows as the table has them", async () => {
      const { stats, error } = await bulkInsert(destination, "event_handle", rows);
      expect(error).toBeNull();
      expect(stats).toEqual({
        ...{ table: "event_handle", inserted: 3, columns: ["event_id", "event_name", "event_content", "date"] },
        milliseconds: expect.any(Number) as number,
      });
      const found = await db.rows(
        `SELECT CAST(event_id AS text) AS event_id, event_name, event_content, CAST(date AS text) AS day FROM event_handle ORDER BY event_name`,
      );
      expect(found).toEqual(
        expect.arrayContaining([
          { event_id: "1", event_name: "Rebecca", event_content: "imperdiet ornare.", day: "2026-11-22" },
          {
            event_id: isSqlite ? (expect.stringMatching(/^1.?2345/) as string) : "12345678901234567890.5",
            event_name: "é 😀 '\"",
            event_content: null,
            day: "2026-01-02",
          },
          { event_id: "3", event_name: null, event_content: null, day: null },
        ]),
      );
      expect(await tableNames(db.database)).toEqual(["event_handle"]);
    });

    it.each([
      [
        [{ event_id: 1 }, { event_id: "x" }],
        /^row 2, column event_id of event_handle \(numeric\): expected a number, got "x"$/,
      ],
      [[{ event_nam: "a" }], /^row 1: table event_handle has no column event_nam; did you mean event_name\?$/],
      [
        [{ event_id: 1, date: "2026-02-30" }],
        /^row 1, column date of event_handle \(date\): expected a date such as 2026-11-22, got "2026-02-30"$/,
      ],
      [[{ event_id: NaN }], /expected a number, got NaN/],
      [[{ event_name: 5 }], /column event_name of event_handle \(text\): expected a text, got 5/],
      [["text"], /^row 1 is no object/],
      ["text", /^rows are no list/],
    ])("refuses rows %j as a whole, and says which one is wrong", async (wrong, message) => {
      const { stats, error } = await bulkInsert(destination, "event_handle", wrong as never);
      expect(error).toMatchObject({
        code: "xqbus:illegal-argument",
        message: expect.stringMatching(message) as string,
      });
      expect(stats.inserted).toBe(0);
      expect(await db.rows("SELECT 1 FROM event_handle")).toEqual([]);
    });

    it("inserts all rows or none where the database finds something wrong", async () => {
      await db.run(
        "CREATE TABLE strict(id integer PRIMARY KEY, name text NOT NULL, state text DEFAULT 'new', small integer CHECK (small < 10))",
      );
      const needed = await bulkInsert(destination, "strict", [{ id: 1, name: "a" }, { id: 2 }]);
      expect(needed.error?.message).toBe("row 2 has no value for column name of strict, which must have one (text)");
      const many = Array.from({ length: 40_000 }, (_, id) => ({ id, name: "a", small: id === 39_999 ? 11 : 1 }));
      const broken = await bulkInsert(destination, "strict", many);
      expect(broken.error?.code).toBe("xqbus:value-refused");
      expect(await db.rows("SELECT 1 FROM strict LIMIT 1")).toEqual([]);
      const good = await bulkInsert(destination, "strict", [{ id: 1, name: "a" }]);
      expect([good.error, await db.rows("SELECT state FROM strict")]).toEqual([null, [{ state: "new" }]]);
      expect(await bulkInsert(destination, "strict", [])).toMatchObject({ error: null, stats: { inserted: 0 } });
    });

    it("says what was probably meant by a name", async () => {
      expect(() => connect("dwh/data_prin")).toThrow("has no dwh/data_prin; did you mean dwh/data_prim?");
      const { error } = await bulkInsert(destination, "event_handel", [{ event_id: 1 }]);
      expect(error?.message).toMatch(/has no table event_handel; did you mean event_handle\?$/);
      close = useDatabases({ gone: isSqlite ? "sqlite:/nowhere/none.db" : "postgres://nobody@127.0.0.1:1/none" });
      const gone = await bulkInsert(connect("gone"), "t", [{ a: 1 }]);
      expect(gone.error?.code).toBe(isSqlite ? "xqbus:unreadable" : "xqbus:database-unavailable");
    });
  });
}
