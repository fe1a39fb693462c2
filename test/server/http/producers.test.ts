import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../../src/database/index.ts";
import { Relays } from "../../../src/producer/index.ts";
import { chooseDriver } from "../../../src/storage/index.ts";
import { startTestBroker, type TestBroker } from "../../producer/test-relay.ts";
import { run } from "../../cli/harness.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { apis } from "./harness.ts";

describeWith([SQLITE], "producers of a daemon, over HTTP", () => {
  const { start } = apis();
  let folder: string;
  let bus: TestBroker;
  let relays: Relays;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-http-producers-"));
    const connection = chooseDriver().open(join(folder, "crm.db"));
    connection.exec("CREATE TABLE customers(id integer PRIMARY KEY, name text)");
    connection.close();
    bus = await startTestBroker();
    const databases = { "dwh/crm": `sqlite:${join(folder, "crm.db")}`, gone: `sqlite:${join(folder, "gone.db")}` };
    relays = new Relays({ databases, bus: bus.url, retryMs: 20 });
  });
  afterEach(async () => {
    await relays.close();
    await bus[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const execute = async (...statements: readonly string[]): Promise<void> => {
    await using database = await openDatabase<unknown>(`sqlite:${join(folder, "crm.db")}`);
    for (const statement of statements) await database.sql.raw(statement).execute(database.kysely);
  };

  it("are installed, looked at, and taken away; metrics and the command show the relays", async () => {
    const api = await start({}, { relays });
    const { producers } = api.client;
    const dry = await producers.install("dwh/crm", { table: "customers", dryRun: true });
    expect([dry.statements.join().includes("CREATE TRIGGER"), (await producers.get("dwh/crm")).isInstalled]).toEqual([
      ...[true, false],
    ]);
    const { producer } = await producers.install("dwh/crm", { table: "customers", mask: ["name"] });
    expect(producer).toMatchObject({ table: "customers", guidColumns: ["id"], mask: ["name"] });
    await execute("INSERT INTO customers VALUES(1, 'a')");
    await bus.first(1);
    await vi.waitFor(async () => expect((await producers.get("dwh/crm")).waiting).toBe(0), 20_000);
    await execute("INSERT INTO xqbus_outbox(message_id, kind, body, reason) VALUES('m', 'event', '<x/>', 'not valid')");
    expect(await producers.get("dwh/crm")).toMatchObject({
      relay: { database: "dwh/crm", state: "working", counts: { published: 1, parked: 0 } },
      ...{ isInstalled: true, producers: [producer], waiting: 0 },
      parked: [{ messageId: "m", reason: "not valid" }],
    });
    const metrics = await (await api.call("/metrics")).text();
    expect(metrics.split("\n").filter((line) => /^xqbus_producer_.*(?:dwh|gone)/.test(line))).toEqual([
      'xqbus_producer_published_total{database="dwh/crm"} 1',
      'xqbus_producer_published_total{database="gone"} 0',
      'xqbus_producer_parked_total{database="dwh/crm"} 0',
      'xqbus_producer_parked_total{database="gone"} 0',
      'xqbus_producer_failing{database="dwh/crm"} 0',
      'xqbus_producer_failing{database="gone"} 1',
      'xqbus_producer_waiting{database="dwh/crm"} 0',
    ]);
    const { id = "", secret = "" } = api.firstKey ?? {};
    const status = await run(["producer", "status", "--http", api.url, "--json"], {
      env: { XQBUS_API_KEY: id, XQBUS_API_SECRET: secret },
    });
    expect([status.code, JSON.parse(status.stdout)]).toMatchObject([
      0,
      [
        { database: "dwh/crm", state: "working", waiting: 0, parkedNow: 1 },
        { database: "gone", state: "failing", error: expect.stringContaining("gone.db") as string },
      ],
    ]);
    await expect(producers.uninstall("dwh/crm", "customers")).rejects.toMatchObject({
      message: expect.stringContaining("1 event is in the outbox") as string,
    });
    expect(await producers.retry("dwh/crm", { dryRun: true })).toBe(1);
    expect(await producers.uninstall("dwh/crm", "customers", { discard: true })).toMatchObject({
      ...{ isAll: true, lostEvents: 1 },
    });
    expect(await producers.get("dwh/crm")).toMatchObject({ isInstalled: false, producers: [] });
    const audit = await api.client.audit();
    expect(audit.map(({ action }) => action)).toEqual(["producer.uninstall", "producer.uninstall", "producer.install"]);
  });

  it("tell what is not there, and what may not be done", async () => {
    const api = await start({}, { relays });
    await expect(api.client.producers.get("crm")).rejects.toMatchObject({
      message: expect.stringContaining("there is no relay of crm; there are dwh/crm, gone") as string,
    });
    await expect(api.client.producers.install("dwh/crm", { table: "custmers" })).rejects.toMatchObject({
      message: expect.stringContaining("did you mean customers?") as string,
    });
    const authorization = `Bearer ${await api.token("producer:read")}`;
    const body = JSON.stringify({ table: "customers" });
    const headers = { authorization, "content-type": "application/json" };
    const refused = await api.call("/producers/dwh%2Fcrm/tables", { method: "POST", body, headers });
    expect([refused.status, (await api.call("/producers", { headers: { authorization } })).status]).toEqual([403, 200]);
    const without = await start();
    expect((await without.call("/producers")).status).toBe(404);
  });
});
