import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../../src/broker/index.ts";
import { holdFolder } from "../../../src/daemon/index.ts";
import { openAccessBook } from "../../../src/server/access/file-access-book.ts";
import { openSharedAccessBook } from "../../../src/server/access/shared-access-book.ts";
import { migrateFolder, type MigrateOptions, type MigrationReport } from "../../../src/server/migration/index.ts";
import { daemonModules, startDaemon, type Daemon } from "../../../src/server/index.ts";
import { POSTGRES, TestPostgres } from "../../helpers/postgres.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { MemoryLog } from "../daemon/stand-ins.ts";
import { DOMAIN, fill, makeOlder, newConfig, startOld, tablesOf } from "./old-daemon.ts";

const EVENTS = 450;
const PATIENT = { timeout: 100_000, interval: 50 };
const root = mkdtempSync(join(tmpdir(), "xqbus-migrate-"));
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => rmSync(root, { recursive: true }));

let databases = 0;

/** An old folder that nobody holds, a new broker and an empty database. */
async function twoPlaces(postgres: TestPostgres, events = EVENTS) {
  const place = mkdtempSync(join(root, "place-"));
  const old = await startOld(place);
  const { listener } = await fill(old, events);
  await vi.waitFor(async () => expect(await archived(old)).toBe(events), PATIENT);
  await vi.waitFor(() => expect(old.parts.listeners.list()[0]?.counts.waiting).toBe(events), PATIENT);
  await old.close();
  const from = join(place, "data");
  const book = await openAccessBook(from);
  const [salt, hash] = [Buffer.from("salt"), Buffer.from("hash")];
  await book.addKey({ id: "k1", name: "grafana", scopes: ["metrics:read"], salt, hash, createdAt: 1 });
  await book.close();
  const broker = await startBroker({ users: { ada: "pa55" } });
  cleanUps.push(() => broker.close());
  const database = postgres.newDatabase(`bus${++databases}`);
  const config = await newConfig(place, broker.url("ada", DOMAIN), database);
  const migrate = (options: Partial<MigrateOptions> = {}): Promise<MigrationReport> =>
    migrateFolder({
      ...{ from, config, orders: new Map(), dryRun: false, signal: new AbortController().signal },
      onProgress: () => undefined,
      ...options,
    });
  return { place, from, broker, database, config, migrate, listener };
}

async function archived({ parts }: Daemon): Promise<number | undefined> {
  return (await (await parts.archive?.archive())?.stats())?.events;
}

function waitingIn(broker: Broker, address: string): number | undefined {
  return broker.management.queues().find((queue) => queue.address === address)?.messages;
}

describeWith([POSTGRES, SQLITE], "a migration to another broker and PostgreSQL", () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
  });
  afterAll(() => postgres[Symbol.dispose]());

  it("takes definitions and messages, goes on after an interruption, and takes nothing twice", async () => {
    const { place, from, broker, database, config, migrate, listener } = await twoPlaces(postgres);
    const dry = await migrate({ dryRun: true });
    expect(dry.queues.map(({ to, messages, copied }) => [to, messages, copied]).toSorted()).toEqual([
      ["jobs", 1, 0],
      ["jobs.dead-letter", 1, 0],
      [`${DOMAIN}.sub.calls`, EVENTS, 0],
      [`${DOMAIN}.sub.everything`, EVENTS, 0],
    ]);
    expect(dry.routes).toEqual([{ name: "calls", queue: `${DOMAIN}.sub.calls`, change: "created" }]);
    expect(waitingIn(broker, `${DOMAIN}.sub.calls`)).toBeUndefined();

    const end = new AbortController();
    const interrupted = migrate({
      signal: end.signal,
      onProgress: ({ what }) => what === "messages" && end.abort(),
    });
    await expect(interrupted).rejects.toMatchObject({ code: "xqbus:aborted" });
    await expect(startOld(place)).rejects.toMatchObject({ code: "xqbus:store-in-use" });

    const report = await migrate();
    const copied = report.queues.reduce((sum, queue) => sum + queue.copied + queue.before, 0);
    expect(copied).toBe(2 * EVENTS + 2);
    expect(report.queues.some(({ before }) => before > 0)).toBe(true);
    expect(report.notes).toContainEqual(expect.stringContaining(`"everything"`));
    for (const queue of ["jobs", "jobs.dead-letter"]) expect(waitingIn(broker, queue)).toBe(1);
    expect(waitingIn(broker, `${DOMAIN}.sub.everything`)).toBe(EVENTS);
    const again = await migrate();
    expect(again.queues.every((queue) => queue.copied === 0)).toBe(true);
    expect(again.parts.every((part) => part.copied === 0)).toBe(true);
    expect(again.routes.map(({ change }) => change)).toEqual(["unchanged"]);

    await using daemon = await startDaemon(config, { log: new MemoryLog(), modules: daemonModules });
    const [found] = daemon.parts.listeners.list();
    expect(found).toMatchObject({ id: listener, counts: { waiting: EVENTS, matched: EVENTS } });
    expect((await daemon.parts.actions?.actions.list())?.map(({ name }) => name)).toEqual(["greet"]);
    expect(await archived(daemon)).toBe(EVENTS);
    const book = await openSharedAccessBook(database);
    expect((await book.keys()).map(({ id, name }) => [id, name])).toEqual([["k1", "grafana"]]);
    await book.close();
    const got: string[] = [];
    const consumer = await AMQPEventConsumer.open(broker.url("ada", DOMAIN), {
      ...{ durable: "calls", xquery: "//e:NodeLeave", router: "required", routerTimeoutMs: 20_000, concurrency: 1 },
      callback: (_, { properties }) => void got.push(properties.messageId ?? ""),
    });
    cleanUps.push(() => consumer.close());
    const all = Array.from({ length: EVENTS }, (_, at) => `m${at}`);
    await vi.waitFor(() => expect(new Set(got)).toEqual(new Set(all)), PATIENT);
    await expect(migrate()).rejects.toMatchObject({ code: "xqbus:store-in-use" });
    await expect(migrate({ from: join(from, "nothing") })).rejects.toMatchObject({ code: "xqbus:unreadable" });
  }, 300_000);

  it("says what is in the way before anything is copied", async () => {
    const { place, from, broker, database, config, migrate } = await twoPlaces(postgres, 3);
    const held = await holdFolder(from);
    await expect(migrate()).rejects.toThrow(/is used by process \d+/);
    await held[Symbol.asyncDispose]();
    const url = broker.url("ada", DOMAIN);
    const elsewhere = await newConfig(place, url.replace(/org\.clacks$/, "org.other"), database);
    await expect(migrate({ config: elsewhere })).rejects.toThrow(/are of the domain org\.clacks.*names org\.other/);
    const away = await newConfig(place, url.replace(/:\d+\//, ":1/"), database);
    await expect(migrate({ config: away })).rejects.toMatchObject({ code: "xqbus:not-connected" });
    const alone = await newConfig(place, url, "sqlite:shared.db");
    await expect(migrate({ config: alone })).rejects.toThrow(/is not one of several daemons/);
    await expect(migrate({ orders: new Map([["call", "group-id"]]) })).rejects.toThrow(
      /no subscription "call" becomes a route.*: calls/,
    );
    const other = await startDaemon(config, { log: new MemoryLog(), modules: daemonModules });
    await other.parts.actions?.actions.create({ name: "greet", module: "greet.mjs", function: "greet" });
    await expect(migrate()).rejects.toThrow(/1 daemons serve/);
    await other.close();
    await expect(migrate()).rejects.toThrow(
      /has other actions, workflows and runs of the same name already \(action greet\)/,
    );
    expect(waitingIn(broker, `${DOMAIN}.sub.calls`)).toBeUndefined();
    const old = await startOld(place);
    await old.close();
  }, 300_000);

  it("counts what a folder of an older release has, and changes nothing there; to copy it, it has to be brought up to date", async () => {
    const { place, from, migrate } = await twoPlaces(postgres, 3);
    const rowsOf = ({ parts }: MigrationReport) => Object.fromEntries(parts.map(({ title, rows }) => [title, rows]));
    const whole = rowsOf(await migrate({ dryRun: true }));
    await makeOlder(from);
    const tables = await tablesOf(from);
    expect(tables.some((text) => text.startsWith("listeners.db listener "))).toBe(true);
    expect(tables.some((text) => text.includes("listener_count"))).toBe(false);
    const dry = await migrate({ dryRun: true });
    expect(rowsOf(dry)).toEqual({
      "API keys": 1,
      listeners: Number(whole["listeners"]) - 1,
      "actions, workflows and runs": 0,
      "archived events": 0,
    });
    for (const said of [
      /has no table listener_count: start the daemon of this release/,
      /has no table action: start the/,
      /archive\.db has tables without the step 004-retention: start the/,
    ]) {
      expect(dry.notes).toContainEqual(expect.stringMatching(said));
    }
    expect(dry.queues.reduce((sum, { messages }) => sum + messages, 0)).toBe(2 * 3 + 2);
    await expect(migrate()).rejects.toMatchObject({ code: "xqbus:store-too-new" });
    expect((await migrate({ dryRun: true })).notes).toContainEqual(
      expect.stringMatching(/has no table listener_count/),
    );
    expect(await tablesOf(from)).toEqual(tables);
    const old = await startOld(place);
    await old.close();
    const { listeners = 0 } = rowsOf(await migrate());
    expect(listeners).toBeGreaterThanOrEqual(Number(whole["listeners"]) - 1);
  }, 300_000);
});
