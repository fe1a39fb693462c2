import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { installProducer, openRelay } from "../../src/producer/index.ts";
import { chooseDriver } from "../../src/storage/index.ts";
import { findConsumers, TaskletConsumer } from "../../src/tasklet/index.ts";
import { createTestBus, type TestBus } from "../../src/testing/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "customer-page");

describeWith([SQLITE], "tasklets of a database's objects", () => {
  let folder: string;
  let bus: TestBus;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-objects-"));
    bus = createTestBus();
  });
  afterEach(async () => {
    await bus.close();
    rmSync(folder, { recursive: true });
  });

  it("get the guid of what was stored, updated and deleted, and masked values are nowhere", async () => {
    cpSync(EXAMPLE, join(folder, "customer-page"), { recursive: true });
    const pages = join(folder, "customer-page", "pages");
    const path = join(folder, "crm.db");
    const connection = chooseDriver().open(path);
    connection.exec("CREATE TABLE customer(guid text PRIMARY KEY, name text, iban text)");
    connection.close();
    await using database = await openDatabase<unknown>(`sqlite:${path}`);
    await installProducer(database, { table: "customer", mask: ["iban"] });
    const handled: string[] = [];
    await using consumer = await TaskletConsumer.open(bus.url, findConsumers(join(folder, "customer-page"))[0]!, {
      onHandled: ({ eventKey, ran }) => handled.push(`${eventKey} ${ran.length}`),
    });
    expect(consumer.pids).toHaveLength(3);
    await using relay = openRelay({ database, bus: bus.url, pollMs: 20 });
    const { kysely, sql } = database;
    const settled = (count: number): Promise<void> =>
      vi.waitFor(() => expect([handled.length, relay.counts.parked]).toEqual([count, 0]), 30_000);
    await sql`INSERT INTO customer VALUES('5a1b2969', 'Rebecca', 'DE00'), ('1fdcd5cd', 'Veronica', 'DE01')`.execute(
      kysely,
    );
    await settled(2);
    expect(readdirSync(pages).sort()).toEqual(["1fdcd5cd.html", "5a1b2969.html"]);
    rmSync(join(pages, "5a1b2969.html"));
    await sql`UPDATE customer SET iban = 'DE02' WHERE guid = '5a1b2969'`.execute(kysely);
    await settled(3);
    expect(existsSync(join(pages, "5a1b2969.html"))).toBe(true);
    await sql`DELETE FROM customer WHERE guid = '5a1b2969'`.execute(kysely);
    await settled(4);
    expect(readdirSync(pages)).toEqual(["1fdcd5cd.html"]);
    expect(handled).toEqual([
      ...["store", "store", "update", "delete"].map((kind) => `pylabs.event.sampleapp.osis.${kind}.crm.customer 1`),
    ]);
    expect(bus.events.map((event) => event.name)).toEqual([
      ...["ObjectStored", "ObjectStored", "ObjectUpdated", "ObjectDeleted"],
    ]);
    expect(bus.events.map((event) => event.toString()).join()).not.toContain("DE0");
  });
});
