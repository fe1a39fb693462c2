import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Storage, StorageSession, chooseDriver } from "../../src/storage/index.ts";
import type { SqlDriver, SqlValue, StorageOptions, StorageThread } from "../../src/storage/index.ts";
import { packWrites } from "../../src/storage/packed-write.ts";
import { SQLITE, describeWith } from "../helpers/requirements.ts";

const MIGRATIONS = ["CREATE TABLE line(id INTEGER PRIMARY KEY, text TEXT NOT NULL)"];
const INSERT = "INSERT INTO line(id, text) VALUES(?, ?)";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "xqbus-storage-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const setup = (more: Partial<StorageOptions> = {}): StorageOptions => ({
  path: join(folder, "lines.db"),
  applicationId: 0x78716273,
  migrations: MIGRATIONS,
  busyTimeoutMs: 50,
  ...more,
});
const line = (id: number, text = "a line") => [{ sql: INSERT, rows: [[id, text]] }];

describeWith([SQLITE], "a storage file", () => {
  it("gives back after closing what was written", async () => {
    const first = await Storage.open(setup());
    await first.write([{ sql: INSERT, rows: [[1, "one"], [2, "two"]] }]); // prettier-ignore
    await first.close();
    const second = await Storage.open(setup());
    expect(await second.read("SELECT * FROM line WHERE id > ?", [0])).toEqual([
      { id: 1, text: "one" },
      { id: 2, text: "two" },
    ]);
    await second.close();
  });

  it("keeps every row of a long insert, in its order", async () => {
    const storage = await Storage.open(setup());
    const rows = Array.from({ length: 100 }, (_, i) => [100 - i, `line ${i}`]);
    await storage.write([{ sql: INSERT, rows }]);
    const expected = rows.map(([id, text]) => ({ id, text })).reverse();
    expect(await storage.read("SELECT id, text FROM line ORDER BY id")).toEqual(expected);
    await storage.close();
  });

  it("writes all statements of a batch or none", async () => {
    const storage = await Storage.open(setup());
    await expect(storage.write([...line(1), ...line(1)])).rejects.toMatchObject({ code: "xqbus:store-failed" });
    expect(await storage.read("SELECT * FROM line")).toEqual([]);
    await storage.close();
    await expect(storage.write(line(2))).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });

  it("writes a transaction in parts, all of them or none", async () => {
    const storage = await Storage.open(setup());
    const ids = async (): Promise<unknown> => (await storage.read("SELECT id FROM line")).map(({ id }) => id);
    await storage.writeParts([line(1), line(2), line(3)]);
    expect(await ids()).toEqual([1, 2, 3]);
    for (const parts of [
      [line(3), line(4), line(5)],
      [line(4), line(3), line(5)],
      [line(4), line(5), line(3)],
    ]) {
      await expect(storage.writeParts(parts)).rejects.toMatchObject({ code: "xqbus:store-failed" });
      expect(await ids()).toEqual([1, 2, 3]);
    }
    await storage.writeParts([]);
    await storage.write(line(6));
    expect(await ids()).toEqual([1, 2, 3, 6]);
    await storage.close();
  });

  it("does not make what is left of an unfinished transaction part of the next", async () => {
    const failures: string[] = [];
    const storage = await Storage.open(setup({ onFailure: ({ code }) => failures.push(code) }));
    function* parts() {
      yield* [line(1), line(2)];
      throw new Error("no third part");
    }
    await expect(storage.writeParts(parts())).rejects.toThrow("no third part");
    await expect(storage.write(line(3))).rejects.toMatchObject({ code: "xqbus:store-failed" });
    expect(failures).toEqual(["xqbus:store-failed"]);
    await storage.close();
    const again = await Storage.open(setup({ busyTimeoutMs: 5000 }));
    expect(await again.read("SELECT id FROM line")).toEqual([]);
    await again.close();
  });

  it("is open in one process at a time", async () => {
    const storage = await Storage.open(setup());
    const script = `
      const { Storage } = await import(${JSON.stringify(join(import.meta.dirname, "../../dist/storage/index.js"))});
      await Storage.open(${JSON.stringify(setup())}).then(() => console.log("opened"), (error) => console.log(error.code));
      process.exit();`;
    const other = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(other).toMatchObject({ stdout: "xqbus:store-in-use\n", stderr: "" });
    await storage.close();
  });

  it("of a later release is refused and left as it is", async () => {
    await (await Storage.open(setup({ migrations: [...MIGRATIONS, "CREATE TABLE more(id)"] }))).close();
    await expect(Storage.open(setup())).rejects.toMatchObject({ code: "xqbus:store-too-new" });
  });

  it("of another program is refused", async () => {
    await (await Storage.open(setup({ applicationId: 7 }))).close();
    await expect(Storage.open(setup())).rejects.toMatchObject({
      code: "xqbus:store-failed",
      message: `${join(folder, "lines.db")} is a SQLite file of another program; choose another folder`,
    });
  });

  it("that is full refuses the batch and goes on", async () => {
    const storage = await Storage.open(setup({ maxBytes: 16 * 4096 }));
    await expect(storage.write(line(1, "x".repeat(100_000)))).rejects.toMatchObject({ code: "xqbus:store-full" });
    await storage.write(line(1, "small"));
    expect(await storage.read("SELECT text FROM line")).toEqual([{ text: "small" }]);
    await storage.close();
  });

  it("keeps a log of a bounded size, also behind a large transaction", async () => {
    const storage = await Storage.open(setup());
    const logBytes = (): number => statSync(join(folder, "lines.db-wal")).size;
    await storage.write(line(1, "x".repeat(12 * 1024 * 1024)));
    expect(logBytes()).toBeGreaterThan(12 * 1024 * 1024);
    for (const id of [2, 3]) await storage.write(line(id));
    expect(logBytes()).toBeLessThanOrEqual(8 * 1024 * 1024 + 4096);
    await storage.close();
  });

  it("fails every call when its thread is gone", async () => {
    const failures: string[] = [];
    const thread = new EventEmitter();
    const start = (): StorageThread =>
      Object.assign(thread, { postMessage: () => undefined, terminate: () => undefined });
    const opening = Storage.open(setup({ start, onFailure: ({ code }) => failures.push(code) }));
    thread.emit("message", { id: 0 });
    const storage = await opening;
    const waiting = storage.write(line(1));
    thread.emit("error", new Error("out of memory"));
    thread.emit("exit", 1);
    await expect(waiting).rejects.toMatchObject({ code: "xqbus:store-failed" });
    await expect(storage.write(line(2))).rejects.toMatchObject({ code: "xqbus:store-failed" });
    expect(failures).toEqual(["xqbus:store-failed"]);
  });

  it("takes a bounded number of requests", async () => {
    const storage = await Storage.open(setup({ maxRequests: 1 }));
    const first = storage.write(line(1));
    await expect(storage.writeParts([line(3), line(4)])).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
    await expect(storage.write(line(2))).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
    await first;
    expect(await storage.read("SELECT id FROM line")).toEqual([{ id: 1 }]);
    await storage.close();
  });

  it("whose head is overwritten does not open", async () => {
    await (await Storage.open(setup())).close();
    const bytes = readFileSync(setup().path);
    writeFileSync(setup().path, bytes.fill(0x5a, 0, 200));
    await expect(Storage.open(setup())).rejects.toMatchObject({ code: "xqbus:store-damaged" });
  });

  it("has its commit and its flush behind it before a write is answered", () => {
    const order: string[] = [];
    const session = new StorageSession(setup(), recording(chooseDriver(), order));
    order.length = 0;
    order.push(`answer ${session.answer({ kind: "write", id: 1, writes: line(1) }).id}`);
    expect(order).toEqual(["BEGIN", "INSERT", "COMMIT with synchronous=2", "answer 1"]);
    session.answer({ kind: "close", id: 2 });
  });

  it("takes what its log holds over into the file when it is much, after the answer and not before", () => {
    const session = new StorageSession(setup(), chooseDriver());
    const megabytes = (): number => Math.floor(statSync(setup().path).size / 1_000_000);
    const sizes: number[] = [];
    for (let id = 1; id <= 5; id++) {
      const packed = packWrites([{ sql: INSERT, rows: [[id, new Uint8Array(1_000_000)]] }]) ?? expect.fail();
      session.answer({ kind: "packed-write", id, packed });
      sizes.push(megabytes());
      session.tidy();
    }
    const tidied = megabytes();
    session.answer({ kind: "close", id: 6 });
    expect({ sizes, tidied }).toEqual({ sizes: [0, 0, 0, 0, 0], tidied: 5 });
  });

  it("whose log ends in the middle of a write forgets that write only, and with damage before others does not open", async () => {
    const session = new StorageSession(setup(), chooseDriver());
    for (const id of [1, 2, 3]) session.answer({ kind: "write", id, writes: line(id) });
    // What a machine that stops leaves: the files while they are open.
    const [data, log] = [readFileSync(setup().path), readFileSync(`${setup().path}-wal`)];
    session.answer({ kind: "close", id: 4 });
    const open = async (wal: Buffer) => {
      writeFileSync(setup().path, data);
      writeFileSync(`${setup().path}-wal`, wal);
      const storage = await Storage.open(setup());
      const rows = await storage.read("SELECT id FROM line");
      await storage.close();
      return rows.map(({ id }) => id);
    };
    expect(await open(log)).toEqual([1, 2, 3]);
    expect(await open(log.subarray(0, log.length - 100))).toEqual([1, 2]);
    const flipped = Buffer.from(log);
    flipped[32 + 24 + 10] = (flipped[32 + 24 + 10] ?? 0) ^ 1;
    await expect(open(flipped)).rejects.toMatchObject({ code: "xqbus:store-damaged" });
  });
});

/** A driver that writes down each transaction, and with each commit whether it flushes. */
function recording(driver: SqlDriver, order: string[]): SqlDriver {
  return {
    name: driver.name,
    openReadOnly: driver.openReadOnly,
    open: (path) => {
      const connection = driver.open(path);
      return {
        exec: (sql) => connection.exec(sql),
        close: () => connection.close(),
        prepare: (sql) => {
          const statement = connection.prepare(sql);
          const run = (...parameters: readonly SqlValue[]): ReturnType<typeof statement.run> => {
            const done = statement.run(...parameters);
            const [mode] = connection.prepare("PRAGMA synchronous").all() as { readonly synchronous: number }[];
            order.push(sql === "COMMIT" ? `${sql} with synchronous=${mode?.synchronous}` : (sql.split(" ")[0] ?? ""));
            return done;
          };
          return { run, all: (...parameters) => statement.all(...parameters) };
        },
      };
    },
  };
}
