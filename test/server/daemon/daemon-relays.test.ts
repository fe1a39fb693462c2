import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../../src/amqp/index.ts";
import { installProducer } from "../../../src/producer/index.ts";
import { examine, loadConfig, startDaemon } from "../../../src/server/index.ts";
import { openDatabase, type Database } from "../../../src/database/index.ts";
import { chooseDriver } from "../../../src/storage/index.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { MemoryLog, StandIns } from "./stand-ins.ts";

describeWith([SQLITE], "a daemon with relays", () => {
  let root: string;
  const open: Database<unknown>[] = [];
  beforeAll(() => void (root = mkdtempSync(join(tmpdir(), "xqbus-daemon-relays-"))));
  afterEach(async () => {
    for (const database of open.splice(0)) await database.close();
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const newDatabase = async (): Promise<{ readonly database: Database<unknown>; readonly path: string }> => {
    const path = join(mkdtempSync(join(root, "crm-")), "crm.db");
    const connection = chooseDriver().open(path);
    connection.exec("CREATE TABLE customers(id integer PRIMARY KEY, name text)");
    connection.close();
    const database = await openDatabase<unknown>(`sqlite:${path}`);
    open.push(database);
    return { path, database };
  };
  const load = async (text: string): ReturnType<typeof loadConfig> => {
    const file = join(mkdtempSync(join(root, "config-")), "xqbus.toml");
    writeFileSync(file, `[broker]\nport = 0\n[agent]\nenabled = false\n${text}`);
    return loadConfig({ file });
  };
  const settings = (path: string): string =>
    `[databases]\ncrm = "sqlite:${path}"\n[producer]\ndatabases = ["crm"]\nretry = "20ms"`;

  it("publish what is in the outbox once it is there, and say where they stand", async () => {
    const { path, database } = await newDatabase();
    const { config, databases } = await load(settings(path));
    const log = new MemoryLog();
    await using daemon = await startDaemon(config, { log, databases, modules: new StandIns().modules });
    const relays = async (): Promise<unknown> =>
      (await daemon.parts.health()).checks.find(({ name }) => name === "relays");
    await vi.waitFor(
      async () =>
        expect(await relays()).toEqual({
          ...{ name: "relays", status: "degraded" },
          detail: expect.stringMatching(
            /^events wait in the outbox of crm: .* has no outbox; install it first/,
          ) as string,
        }),
      20_000,
    );
    const guids: unknown[] = [];
    await using consumer = await AMQPEventConsumer.open(daemon.parts.url, {
      callback: (event) => void guids.push([event.name, event.get("Guid")]),
    });
    expect(consumer).toBeDefined();
    await installProducer(database, { table: "customers" });
    await database.sql`INSERT INTO customers VALUES(7, 'Rebecca')`.execute(database.kysely);
    await vi.waitFor(() => expect(guids).toEqual([["ObjectStored", "7"]]), 20_000);
    const well = { name: "relays", status: "ok", detail: "1 outbox" };
    await vi.waitFor(async () => expect(await relays()).toEqual(well), 20_000);
    expect(log.records.filter(({ part }) => part === "producer").map(({ message }) => message)).toEqual([
      "events wait in the outbox; trying again",
      "the outbox is published",
    ]);
  });

  it("refuse a database that has no name, and let the doctor look at each", async () => {
    const { path, database } = await newDatabase();
    await expect(load(settings(path).replace('["crm"]', '["crn"]'))).rejects.toMatchObject({
      problems: [
        {
          setting: "producer.databases",
          message: 'producer.databases has "crn", which is not in [databases]; did you mean "crm"?',
        },
      ],
    });
    const found = async (text: string): Promise<unknown> =>
      (await examine(await load(text))).filter(({ name }) => name === "producer");
    expect(await found(settings(path))).toMatchObject([
      { status: "warn", detail: expect.stringMatching(/^crm \(sqlite:.*\) has no outbox$/) as string },
    ]);
    await installProducer(database, { table: "customers" });
    await database.sql`INSERT INTO customers VALUES(7, 'Rebecca')`.execute(database.kysely);
    expect(await found(settings(path))).toMatchObject([
      { status: "ok", detail: expect.stringMatching(/: 1 tables are watched, 1 events wait$/) as string },
    ]);
    await database.sql`UPDATE xqbus_outbox SET reason = 'too large'`.execute(database.kysely);
    expect(await found(settings(path))).toMatchObject([
      { status: "warn", detail: expect.stringMatching(/0 events wait, 1 are parked$/) as string },
    ]);
    expect(await found(settings(`${path}.gone`))).toMatchObject([{ status: "fail" }]);
  });
});
