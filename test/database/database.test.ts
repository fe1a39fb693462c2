import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { openDatabase, type Database, type DatabaseOptions, type Migrations } from "../../src/database/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

interface Tables {
  readonly line: { readonly id: number; readonly text: string | null; readonly bytes: Uint8Array | null };
}

const LINES: Migrations = {
  name: "lines",
  steps: {
    "001-line": async ({ kysely, product }) => {
      await kysely.schema
        .createTable("line")
        .addColumn("id", "bigint", (column) => column.primaryKey())
        .addColumn("text", "text")
        .addColumn("bytes", product === "sqlite" ? "blob" : "bytea")
        .execute();
    },
  },
};

const COLUMNS = { id: "bigint", text: "text", bytes: "bytea" } as const;

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `a database of ${product.name}`, () => {
    let running: RunningProduct;
    let url = "";
    beforeAll(async () => {
      running = await product.start();
    }, 60_000);
    afterAll(() => running.stop());
    beforeEach(() => {
      url = running.newUrl();
    });

    const open = (options: DatabaseOptions = {}): Promise<Database<Tables>> =>
      openDatabase<Tables>(url, { migrations: LINES, ...options });

    it("gives back what was written: whole numbers, text, bytes, nothing", async () => {
      await using database = await open();
      const bytes = new Uint8Array([0, 1, 254, 255]);
      const rows = [
        [Number.MAX_SAFE_INTEGER, "quoted \" ' \\ {a,b} é 😀", bytes],
        [2, null, null],
        [3, "", new Uint8Array(0)],
      ];
      await database.insert([{ table: "line", columns: COLUMNS, rows }]);
      await database.kysely.insertInto("line").values({ id: 4, text: "by the builder", bytes }).execute();
      const found = await database.kysely.selectFrom("line").selectAll().orderBy("id").execute();
      expect(found.map(({ id, text, bytes: cell }) => [id, text, cell && [...cell]])).toEqual([
        [2, null, null],
        [3, "", []],
        [4, "by the builder", [...bytes]],
        [Number.MAX_SAFE_INTEGER, rows[0]?.[1], [...bytes]],
      ]);
    });

    it("inserts all rows of all tables or none", async () => {
      await using database = await open();
      const row = (id: number): (number | string | null)[] => [id, "text", null];
      const broken = database.insert([
        { table: "line", columns: COLUMNS, rows: [row(1), row(2)] },
        { table: "line", columns: COLUMNS, rows: [row(3), row(1)] },
      ]);
      await expect(broken).rejects.toMatchObject({
        code: expect.stringMatching(/^xqbus:(database|store)-failed$/) as string,
      });
      expect(await database.kysely.selectFrom("line").selectAll().execute()).toEqual([]);
      await database.insert([{ table: "line", columns: COLUMNS, rows: [row(1)] }]);
      await database.insert([{ table: "line", columns: COLUMNS, rows: [row(1), row(2)], ignoresConflicts: true }]);
      await database.insert([{ table: "line", columns: COLUMNS, rows: [] }]);
      const ids = await database.kysely.selectFrom("line").select("id").orderBy("id").execute();
      expect(ids.map(({ id }) => id)).toEqual([1, 2]);
    });

    it("does transactions as a whole, and says how many rows were changed", async () => {
      await using database = await open();
      const { kysely } = database;
      const failed = kysely.transaction().execute(async (transaction) => {
        await transaction.insertInto("line").values({ id: 1, text: "a", bytes: null }).execute();
        expect(await transaction.selectFrom("line").selectAll().execute()).toHaveLength(1);
        throw new Error("not this time");
      });
      await expect(failed).rejects.toThrow("not this time");
      expect(await kysely.selectFrom("line").selectAll().execute()).toEqual([]);
      await kysely.transaction().execute(async (transaction) => {
        await transaction.insertInto("line").values({ id: 1, text: "a", bytes: null }).execute();
        await transaction.insertInto("line").values({ id: 2, text: "a", bytes: null }).execute();
      });
      const [changed] = await kysely.updateTable("line").set({ text: "b" }).where("text", "=", "a").execute();
      expect(changed?.numUpdatedRows).toBe(2n);
      const deleted = await kysely.deleteFrom("line").where("id", "=", 1).returning("text").execute();
      expect(deleted).toEqual([{ text: "b" }]);
    });

    it("lets many transactions at the same time come one after the other", async () => {
      await using database = await open();
      await database.kysely.insertInto("line").values({ id: 1, text: "", bytes: null }).execute();
      const append = (letter: string): Promise<void> =>
        database.kysely.transaction().execute(async (transaction) => {
          const query = transaction.selectFrom("line").select("text").where("id", "=", 1);
          const { text } = await (
            database.product === "postgres" ? query.forUpdate() : query
          ).executeTakeFirstOrThrow();
          await transaction
            .updateTable("line")
            .set({ text: `${text}${letter}` })
            .where("id", "=", 1)
            .execute();
        });
      const insert = database.insert([{ table: "line", columns: COLUMNS, rows: [[9, "", null]] }]);
      await Promise.all([...[..."abcdefgh"].map(append), insert]);
      const { text } = await database.kysely
        .selectFrom("line")
        .select("text")
        .where("id", "=", 1)
        .executeTakeFirstOrThrow();
      expect([...(text ?? "")].sort().join("")).toBe("abcdefgh");
    });

    it("is brought up to date once, by several at the same time and when it is opened again", async () => {
      const opened = await Promise.all([open(), open(), open()]);
      await opened[0]?.kysely.insertInto("line").values({ id: 1, text: "kept", bytes: null }).execute();
      for (const each of opened) await each.close();
      await using again = await open();
      expect(await again.kysely.selectFrom("line").select("text").execute()).toEqual([{ text: "kept" }]);
    });

    it("refuses tables of a later release, and leaves nothing of a step that fails", async () => {
      const later: Migrations = { name: "lines", steps: { ...LINES.steps, "002-more": async () => undefined } };
      await (await open({ migrations: later })).close();
      await expect(open()).rejects.toMatchObject({ code: "xqbus:store-too-new" });
      url = running.newUrl();
      const broken: Migrations = {
        name: "lines",
        steps: {
          "001-line": async (tools) => {
            await LINES.steps["001-line"]?.(tools);
            throw new Error("the power went");
          },
        },
      };
      await expect(open({ migrations: broken })).rejects.toMatchObject({
        code: "xqbus:database-failed",
        message: expect.stringContaining("(step 001-line): the power went") as string,
      });
      await (await open()).close();
    });

    it("tells of signals those that hear", async () => {
      await using database = await open();
      const hear = vi.fn();
      const other = vi.fn();
      const end = await database.hear("runs", hear);
      await database.hear("others", other);
      await database.signal("runs");
      await vi.waitFor(() => expect(hear).toHaveBeenCalledTimes(1));
      await end();
      await database.signal("runs");
      await database.signal("others");
      await vi.waitFor(() => expect(other).toHaveBeenCalledTimes(1));
      expect(hear).toHaveBeenCalledTimes(1);
    });

    it("says what is wrong with a statement, and goes on", async () => {
      await using database = await open();
      const { sql, kysely } = database;
      await expect(sql`SELECT * FROM nowhere`.execute(kysely)).rejects.toMatchObject({
        code: expect.stringMatching(/^xqbus:(database|store)-failed$/) as string,
        message: expect.stringContaining("nowhere") as string,
      });
      expect((await sql<{ one: number }>`SELECT 1 AS one`.execute(kysely)).rows).toEqual([{ one: 1 }]);
    });
  });
}

describeWith([SQLITE], "an SQLite file", () => {
  it("of somebody else is opened as it is, and not made", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-sql-"));
    await expect(openDatabase("sqlite:none.db", { folder })).rejects.toMatchObject({ code: "xqbus:unreadable" });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it.each([{ migrations: LINES }, { makesFile: true }])("of ours is for its owner alone: %j", async (options) => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-sql-"));
    await using database = await openDatabase<Tables>("sqlite:own.db", { folder, ...options });
    expect(database.product).toBe("sqlite");
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).not.toContain(0o644);
    expect(statSync(join(folder, "own.db")).mode & 0o777).toBe(0o600);
    await expect(openDatabase("sqlite:none/own.db", { folder, ...options })).rejects.toMatchObject({
      ...{
        code: "xqbus:unreadable",
        message: expect.stringMatching(/^cannot make the file .*none.own\.db .*: /) as string,
      },
    });
    rmSync(folder, { recursive: true });
  });
});

describeWith([POSTGRES], "a PostgreSQL that goes away", () => {
  it("is unavailable, and found again, with a word to those that hear", async () => {
    const server = await TestPostgres.start();
    try {
      const lost = vi.fn();
      await using database = await openDatabase<Tables>(server.url, { migrations: LINES, onError: lost });
      const hear = vi.fn();
      await database.hear("runs", hear);
      server.kill();
      await vi.waitFor(() => expect(lost).toHaveBeenCalled());
      const query = (): Promise<unknown> => database.kysely.selectFrom("line").selectAll().execute();
      await expect(query()).rejects.toMatchObject({ code: "xqbus:database-unavailable" });
      server.restart();
      expect(await query()).toEqual([]);
      await vi.waitFor(() => expect(hear).toHaveBeenCalled(), { timeout: 20_000 });
      hear.mockClear();
      await database.signal("runs");
      await vi.waitFor(() => expect(hear).toHaveBeenCalled());
    } finally {
      server[Symbol.dispose]();
    }
  }, 60_000);

  it("and one that was never there is unavailable", async () => {
    const opening = openDatabase("postgres://nobody:secret@127.0.0.1:1/none");
    await expect(opening).rejects.toMatchObject({
      code: "xqbus:database-unavailable",
      message: expect.not.stringContaining("secret") as string,
    });
  });
});
