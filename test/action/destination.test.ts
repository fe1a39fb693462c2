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
      expect(broken.error).toMatchObject({
        code: "xqbus:value-refused",
        message: expect.stringMatching(/^row 40000 of strict: .*check/i) as string,
      });
      const twice = await bulkInsert(
        destination,
        "strict",
        [1, 2, 3, 2].map((id) => ({ id, name: "secret" })),
      );
      expect(twice.error?.message).toMatch(/^row 4 of strict: /);
      expect(twice.error?.message).not.toContain("secret");
      expect(await db.rows("SELECT 1 FROM strict LIMIT 1")).toEqual([]);
      const good = await bulkInsert(destination, "strict", [{ id: 1, name: "a" }]);
      expect([good.error, await db.rows("SELECT state FROM strict")]).toEqual([null, [{ state: "new" }]]);
      expect(await bulkInsert(destination, "strict", [])).toMatchObject({ error: null, stats: { inserted: 0 } });
    });

    if (isSqlite) {
      it("keeps no number with fewer digits than it has", async () => {
        await db.run("CREATE TABLE numbers(n integer)");
        const { error } = await bulkInsert(destination, "numbers", [
          { n: "9223372036854775807" },
          { n: "9223372036854775808" },
        ]);
        expect(error?.message).toMatch(
          /^row 2, column n of numbers \(integer\): expected a whole number \(in SQLite of 64 bits\)/,
        );
        expect((await bulkInsert(destination, "numbers", [{ n: "-9223372036854775808" }])).error).toBeNull();
        expect(await db.rows("SELECT CAST(n AS text) AS n FROM numbers")).toEqual([{ n: "-9223372036854775808" }]);
      });
    } else {
      it("says which value a type does not take, and keeps the time of an offset", async () => {
        await db.run(
          "CREATE TABLE typed(a smallint, b varchar(5), c numeric(5,2), d uuid, e inet, f timestamp, g timestamptz, h char(2))",
        );
        const wrong = { a: 70_000, b: "secret", c: 12_345.5, d: "no-uuid", e: "no address", h: "abc" };
        for (const [column, value] of Object.entries(wrong)) {
          const { error, stats } = await bulkInsert(destination, "typed", [
            { b: "é😀é😀é" },
            { [column]: value },
            { b: "x" },
          ]);
          expect(error).toMatchObject({
            code: "xqbus:illegal-argument",
            message: expect.stringMatching(new RegExp(`^row 2, column ${column} of typed \\(`)) as string,
          });
          expect(stats.inserted).toBe(0);
        }
        const at = "2026-11-22T00:30:00.123456+02:00";
        expect(
          (await bulkInsert(destination, "typed", [{ f: at, g: at }, { f: "2026-11-22 00:30:00" }])).error,
        ).toBeNull();
        const kept = await db.rows("SELECT f::text, (g AT TIME ZONE 'UTC')::text AS g FROM typed ORDER BY f");
        expect(kept).toEqual([
          { f: "2026-11-21 22:30:00.123456", g: "2026-11-21 22:30:00.123456" },
          { f: "2026-11-22 00:30:00", g: null },
        ]);
      });
    }

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
