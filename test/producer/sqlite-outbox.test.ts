import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defaultCatalog } from "../../src/amqp/index.ts";
import { EventMaker } from "../../src/event/index.ts";
import { installProducer, openRelay, outbox, type OutboxConnection } from "../../src/producer/index.ts";
import { openDatabase } from "../../src/database/index.ts";
import { chooseDriver } from "../../src/storage/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { startTestBroker } from "./test-relay.ts";

interface Connection extends OutboxConnection {
  exec(sql: string): unknown;
  close(): unknown;
}

/** As a user opens it. */
const OPENERS: readonly (readonly [name: string, open: (path: string) => Connection | undefined])[] = [
  ["node:sqlite or what stands for it", (path) => chooseDriver().open(path)],
  [
    "better-sqlite3",
    (path) => {
      try {
        const Class = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => Connection;
        return new Class(path);
      } catch {
        return undefined;
      }
    },
  ],
];

describeWith([SQLITE], "an application with a connection of its own to SQLite", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-outbox-"));
    path = join(folder, "shop.db");
    const connection = chooseDriver().open(path);
    connection.exec("PRAGMA journal_mode=WAL; CREATE TABLE orders(id integer PRIMARY KEY)");
    connection.close();
    await using database = await openDatabase<unknown>(`sqlite:${path}`);
    await installProducer(database, undefined);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const published = async (): Promise<readonly unknown[]> => {
    await using bus = await startTestBroker();
    await openRelay({ database: `sqlite:${path}`, bus: bus.url, once: true }).ended;
    return (await bus.first(2)).map(({ event, messageId, subject }) => [event.get("Status"), messageId, subject]);
  };
  const e = EventMaker();
  const event = (status: string): ReturnType<typeof e.Event> =>
    e.Event(e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Status: status }));

  it.each(OPENERS)("publishes what its transactions commit, with %s", async (_name, open) => {
    const connection = open(path);
    if (connection === undefined) return;
    connection.exec("BEGIN; INSERT INTO orders VALUES(1)");
    const first = await outbox.add(connection, event("busy"));
    connection.exec("COMMIT; BEGIN; INSERT INTO orders VALUES(2)");
    await outbox.add(connection, event("lost"));
    connection.exec("ROLLBACK; BEGIN; INSERT INTO orders VALUES(3)");
    await outbox.add(connection, event("ringing"), { messageId: "mine", routingKey: "shop.order.placed" });
    connection.exec("COMMIT");
    connection.close();
    expect(await published()).toEqual([
      ["busy", first, "org.clacks.event.PhoneStatus"],
      ["ringing", "mine", "shop.order.placed"],
    ]);
  });

  it("is told at once, in a transaction that cannot wait, that an event is none", async () => {
    const connection = OPENERS[0]?.[1](path);
    const catalog = await defaultCatalog();
    const wrong = '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus/></Event>';
    if (connection === undefined) throw new Error("no SQLite");
    connection.exec("BEGIN");
    expect(() => outbox.addSync(connection, wrong, { catalog })).toThrow(/the event is not valid/);
    expect(() => outbox.addSync(connection, "<x", { catalog })).toThrow(/x/);
    connection.exec("ROLLBACK; BEGIN");
    const id = outbox.addSync(connection, event("busy"), { catalog });
    outbox.addSync(connection, event("ringing"), { messageId: "mine" });
    connection.exec("COMMIT");
    connection.close();
    expect(await published()).toEqual([
      ["busy", id, "org.clacks.event.PhoneStatus"],
      ["ringing", "mine", "org.clacks.event.PhoneStatus"],
    ]);
  });
});
