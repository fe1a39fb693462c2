import { afterAll, beforeAll, expect, it } from "vitest";
import { installProducer, openRelay, producerState, uninstallProducer } from "../../src/producer/index.ts";
import { describeWith } from "../helpers/requirements.ts";
import { PRODUCTS, type RunningProduct, type TestDatabase } from "./products.ts";
import { startTestBroker, told, type TestBroker } from "./test-relay.ts";

const NOTHING = "CREATE TABLE customers(id integer PRIMARY KEY, name text, balance numeric, iban text)";

for (const product of PRODUCTS) {
  describeWith([product.requirement], `a producer on ${product.name}`, () => {
    let running: RunningProduct;
    beforeAll(async () => void (running = await product.start()), 60_000);
    afterAll(() => running.stop());

    /** A database with the tables of a test, and everything that is installed. */
    const schemaOf = async ({ rows }: TestDatabase): Promise<readonly unknown[]> =>
      product.name === "SQLite"
        ? rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
        : rows(
            `SELECT 'relation' AS type, relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
             UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace ORDER BY 1, 2`,
          );

    const published = async (bus: TestBroker, { database }: TestDatabase): Promise<void> => {
      const relay = openRelay({ database, bus: bus.url, once: true });
      await relay.ended;
    };

    it("tells of each change of a row: stored, updated, deleted", async () => {
      await using db = await running.open();
      await using bus = await startTestBroker();
      await db.run(NOTHING);
      await installProducer(db.database, { table: "customers", domain: "crm", mask: ["iban"] });
      await db.run(
        "INSERT INTO customers VALUES(1, 'Rebecca', 12345678901234567890.5, 'DE00')",
        "UPDATE customers SET name = 'rebecca é 😀', iban = 'DE01' WHERE id = 1",
        "UPDATE customers SET name = name WHERE id = 1",
        "UPDATE customers SET id = 2, name = NULL WHERE id = 1",
        "DELETE FROM customers",
      );
      await published(bus, db);
      const events = await bus.first(4);
      expect(events.map(told)).toEqual([
        `Stored customers 1 id=1 name=Rebecca balance=${product.name === "SQLite" ? "1.2345678901234567e+19" : "12345678901234567890.5"} iban(masked)=`,
        "Updated customers 1 name=Rebecca>rebecca é 😀 iban(masked)=",
        "Updated customers 1>2 id=1>2 name=rebecca é 😀>NULL",
        `Deleted customers 2 id=2 name=NULL balance=${product.name === "SQLite" ? "1.2345678901234567e+19" : "12345678901234567890.5"} iban(masked)=`,
      ]);
      expect(events.map(({ subject }) => subject)).toEqual(
        ["store", "update", "update", "delete"].map((kind) => `pylabs.event.sampleapp.osis.${kind}.crm.customers`),
      );
      expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(4);
      expect(events[0]?.messageId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(await producerState(db.database)).toMatchObject({ waiting: 0, parked: [] });
    });

    it("keeps what no transaction has committed to itself", async () => {
      await using db = await running.open();
      await using bus = await startTestBroker();
      await db.run(NOTHING);
      await installProducer(db.database, { table: "customers" });
      const { kysely, sql } = db.database;
      const insert = (id: number): string => `INSERT INTO customers(id) VALUES(${id})`;
      const steps = [insert(1), "SAVEPOINT a", insert(2), "ROLLBACK TO SAVEPOINT a", insert(3)];
      await kysely.transaction().execute(async (transaction) => {
        for (const step of steps) await sql.raw(step).execute(transaction);
      });
      const failed = kysely.transaction().execute(async (transaction) => {
        await sql.raw(insert(4)).execute(transaction);
        throw new Error("not this time");
      });
      await expect(failed).rejects.toThrow("not this time");
      await published(bus, db);
      expect((await bus.first(2)).map(({ event }) => event.get("Guid"))).toEqual(["1", "3"]);
      expect(bus.received).toHaveLength(2);
    });

    it("copes with odd names, composite keys, bytes, and characters that XML does not have", async () => {
      await using db = await running.open();
      await using bus = await startTestBroker();
      await db.run(
        `CREATE TABLE "Odd ""name"".x'y"("a/b" text, "B%" ${product.bytes}, "it's" text COLLATE "${product.name === "SQLite" ? "NOCASE" : "C"}", PRIMARY KEY("B%", "a/b"))`,
      );
      await installProducer(db.database, { table: `Odd "name".x'y`, domain: "d", model: "odd" });
      const bytes = product.name === "SQLite" ? "x'00ff'" : "'\\x00ff'";
      await db.run(
        `INSERT INTO "Odd ""name"".x'y" VALUES('x/y%', ${bytes}, 'a' || ${product.name === "SQLite" ? "char(1)" : "chr(1)"})`,
        `UPDATE "Odd ""name"".x'y" SET "it's" = 'a<&>' || ${product.name === "SQLite" ? "char(13)" : "chr(13)"}`,
        `UPDATE "Odd ""name"".x'y" SET "it's" = 'A'`,
        `UPDATE "Odd ""name"".x'y" SET "it's" = 'a'`,
      );
      await published(bus, db);
      expect((await bus.first(4)).map(told)).toEqual([
        "Stored odd 00ff/x%2Fy%25 a/b=x/y% B%=base64:AP8= it's=base64:YQE=",
        "Updated odd 00ff/x%2Fy%25 it's=base64:YQE=>base64:YTwmPg0=",
        "Updated odd 00ff/x%2Fy%25 it's=base64:YTwmPg0=>A",
        "Updated odd 00ff/x%2Fy%25 it's=A>a",
      ]);
    });

    it("watches a table of a hundred columns, and those that come later when it is installed again", async () => {
      await using db = await running.open();
      await using bus = await startTestBroker();
      const columns = Array.from({ length: 150 }, (_, at) => `c${at} integer`);
      await db.run(`CREATE TABLE wide(id integer PRIMARY KEY, ${columns.join(", ")})`);
      await installProducer(db.database, { table: "wide" });
      await db.run("ALTER TABLE wide ADD COLUMN late text");
      await installProducer(db.database, { table: "wide" });
      await db.run(
        "INSERT INTO wide(id, c149, late) VALUES(9007199254740993 % 1000, 5, 'x')",
        "UPDATE wide SET c7 = 1, late = 'y'",
      );
      await published(bus, db);
      const [stored, updated] = await bus.first(2);
      expect(stored?.event.getAll("Column/New")).toHaveLength(152);
      expect(updated && told(updated)).toBe("Updated wide 993 c7=NULL>1 late=x>y");
    });

    it("leaves no trace when it is taken away", async () => {
      await using db = await running.open();
      await db.run(NOTHING, "CREATE TABLE other(id integer PRIMARY KEY)");
      const before = await schemaOf(db);
      const change = await installProducer(db.database, { table: "customers" }, true);
      expect(change.statements.join("\n")).toContain("TRIGGER");
      expect(await schemaOf(db)).toEqual(before);
      await installProducer(db.database, { table: "customers" });
      await installProducer(db.database, { table: "other" });
      const installed = await schemaOf(db);
      await installProducer(db.database, { table: "customers" });
      expect(await schemaOf(db)).toEqual(installed);
      expect(await uninstallProducer(db.database, "customers")).toMatchObject({
        producers: ["customers"],
        isAll: false,
      });
      await db.run("INSERT INTO customers(id) VALUES(1)", "INSERT INTO other VALUES(1)");
      await expect(uninstallProducer(db.database, undefined)).rejects.toMatchObject({
        message: expect.stringContaining("1 event is in the outbox") as string,
      });
      expect(await uninstallProducer(db.database, undefined, { isDryRun: true })).toMatchObject({
        lostEvents: 1,
        isAll: true,
      });
      expect(await uninstallProducer(db.database, undefined, { discard: true })).toMatchObject({ isAll: true });
      expect(await schemaOf(db)).toEqual(before);
      await uninstallProducer(db.database, undefined);
    });

    it("says what is wrong with what it is asked for", async () => {
      await using db = await running.open();
      await db.run(
        NOTHING,
        "CREATE VIEW seen AS SELECT * FROM customers",
        "CREATE TABLE keyless(a integer, b integer)",
      );
      const wrong = [
        [{ table: "custmers" }, "there is no table custmers; did you mean customers?"],
        [{ table: "seen" }, "seen is a view"],
        [{ table: "keyless" }, "keyless has no primary key: say by --guid-column"],
        [{ table: "customers", mask: ["ibn"] }, "customers has no column ibn; did you mean iban?"],
        [{ table: "customers", mask: ["id"] }, "column id cannot be masked"],
        [{ table: "customers", domain: "a b" }, "domain must be words with dots between"],
      ] as const;
      for (const [options, message] of wrong) {
        await expect(installProducer(db.database, options)).rejects.toMatchObject({
          ...{ code: "xqbus:illegal-argument", message: expect.stringContaining(message) as string },
        });
      }
      const relay = openRelay({ database: db.database, bus: "amqp://127.0.0.1:1/d" });
      await expect(relay.ended).rejects.toMatchObject({ message: expect.stringContaining("has no outbox") as string });
      await installProducer(db.database, { table: "keyless", guidColumns: ["b"] });
      expect((await producerState(db.database)).producers).toMatchObject([{ table: "keyless", guidColumns: ["b"] }]);
    });
  });
}
