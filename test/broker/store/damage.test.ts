import { readFileSync, rmSync, statSync, truncateSync, writeFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkStore, salvageStore, startBroker } from "../../../src/broker/index.ts";
import { run } from "../../cli/harness.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { RheaClient } from "../rhea-client.ts";
import { BrokerProcess } from "./broker-process.ts";
import { JOBS, StoredBroker } from "./store-harness.ts";

let stored: StoredBroker;
beforeEach(() => {
  stored = new StoredBroker();
});
afterEach(() => stored.remove());

/** Changes one bit behind a text in a file; `at` counts from the start of the text. */
function flip(file: string, text: string, at = 0): void {
  const bytes = readFileSync(file);
  const found = bytes.indexOf(text);
  if (found < 0) throw new Error(`${text} is not in ${file}`);
  bytes.writeUInt8(bytes.readUInt8(found + at) ^ 1, found + at);
  writeFileSync(file, bytes);
}

async function withMessages(...bodies: readonly string[]): Promise<void> {
  await stored.start();
  await stored.publish(JOBS, ...bodies.map((body) => [body] as const));
  await stored.stop();
}

describeWith([SQLITE], "A damaged message", () => {
  it("is told, set aside and not handed out; the others are", async () => {
    await withMessages("one", "two, which is damaged", "three");
    flip(stored.file, "two, which");
    await stored.start();
    expect(await stored.take(JOBS, 2)).toEqual(["one", "three"]);
    const problem =
      'xqbus:store-damaged message 2 of "jobs" is damaged (its message does not match its checksum) and was set aside';
    expect(stored.problems).toEqual([problem]);
    expect(stored.broker.counts.damaged).toBe(1);
    await stored.restart();
    expect(stored.broker.counts.damaged).toBe(1);
    expect(stored.broker.management.queues()).toEqual([]);
    await stored.stop();
    expect(stored.sql("SELECT queue, sequence, reason FROM damaged")).toEqual([
      { queue: "jobs", sequence: 2, reason: "its message does not match its checksum" },
    ]);
  });

  it.each([
    [
      "whose place was changed",
      "UPDATE entry SET failures = 7 WHERE sequence = 2",
      "its place in the queue does not match its checksum",
    ],
    [
      "that is missing",
      "DELETE FROM message WHERE id = (SELECT message FROM entry WHERE sequence = 2)",
      "its message is missing",
    ],
  ])("%s is one as well", async (_, sql, reason) => {
    await withMessages("one", "two", "three");
    stored.sql(sql);
    await stored.start();
    expect(await stored.take(JOBS, 2)).toEqual(["one", "three"]);
    expect(stored.problems).toEqual([
      `xqbus:store-damaged message 2 of "jobs" is damaged (${reason}) and was set aside`,
    ]);
  });

  it("that is not there at all is missed", async () => {
    await withMessages("one", "two", "three");
    stored.sql("DELETE FROM entry WHERE sequence = 2");
    await stored.start();
    expect(stored.problems).toEqual([
      'xqbus:store-damaged "jobs" has 2 messages on disk and should have 3: rows were lost or added by something else than the broker',
    ]);
  });

  it("is found by xqbus store check and left out by xqbus store salvage", async () => {
    await withMessages("one", "two, which is damaged", "three");
    expect(await run(["store", "check", stored.folder])).toEqual({
      ...{ code: 0, stderr: "", stdout: "queue jobs: 3 whole\n3 messages whole, 0 damaged, 0 missing\n" },
    });
    flip(stored.file, "two, which");
    const before = readFileSync(stored.file);
    expect(await run(["store", "check", stored.folder])).toEqual({
      code: 1,
      stdout: "queue jobs: 2 whole, 1 damaged\n2 messages whole, 1 damaged, 0 missing\n",
      stderr: `save what is whole: xqbus store salvage ${stored.folder} --to NEW-FOLDER\n`,
    });
    const copy = join(stored.folder, "copy");
    expect(await run(["store", "salvage", stored.folder, "--to", copy, "--dry-run", "--json"])).toMatchObject({
      code: 1,
    });
    expect(await run(["store", "salvage", stored.folder, "--to", copy])).toEqual({
      code: 1,
      stdout:
        "jobs: 2 saved, 1 lost\n  message 2: its message does not match its checksum\n" +
        "2 messages saved, 0 of no queue, 1 lost\n",
      stderr: "",
    });
    expect(readFileSync(stored.file)).toEqual(before);
    expect(checkStore(copy)).toMatchObject({ isWhole: true, messages: 2 });
    await using broker = await startBroker({ store: { folder: copy } });
    const client = await RheaClient.connect(broker.url());
    const receiver = await client.receiver(JOBS);
    receiver.credit(2);
    expect((await receiver.take(2)).map(({ body }) => body)).toEqual(["one", "three"]);
  });

  it("of no queue any more is saved under another name", async () => {
    await withMessages("one", "two", "three");
    stored.sql("DELETE FROM queue");
    stored.sql("DELETE FROM entry WHERE sequence = 3");
    const copy = join(stored.folder, "copy");
    expect(salvageStore(stored.folder, copy)).toMatchObject({
      queues: [{ name: "xqbus.salvaged.1", saved: 2, lost: 0 }],
      homeless: 1,
    });
    expect(checkStore(copy)).toMatchObject({ isWhole: true, messages: 3 });
  });
});

describeWith([SQLITE], "A damaged file", () => {
  it("stops the start, and tells what to do", async () => {
    await withMessages(...Array.from({ length: 200 }, (_, i) => `${i} ${"x".repeat(1000)}`));
    const bytes = readFileSync(stored.file);
    bytes.fill(0xff, 5 * 4096, 20 * 4096);
    writeFileSync(stored.file, bytes);
    await expect(stored.start()).rejects.toMatchObject({
      code: "xqbus:store-damaged",
      message: expect.stringMatching(/xqbus store check .*xqbus store salvage/) as string,
    });
    const check = checkStore(stored.folder);
    expect(check.structure).not.toEqual([]);
    const copy = join(stored.folder, "copy");
    const { saved, homeless } = salvageStore(stored.folder, copy);
    expect(saved + homeless).toBeGreaterThan(50);
    expect(checkStore(copy)).toMatchObject({ isWhole: true, messages: saved + homeless });
  });

  it("with a definition that does not match its checksum stops the start as well", async () => {
    await withMessages("one");
    stored.sql("UPDATE queue SET name = 'bobs'");
    await expect(stored.start()).rejects.toMatchObject({ code: "xqbus:store-damaged" });
    expect(checkStore(stored.folder)).toMatchObject({ isWhole: false });
  });

  it("is not looked into while a broker runs", async () => {
    await stored.start();
    expect(() => checkStore(stored.folder)).toThrow(expect.objectContaining({ code: "xqbus:store-in-use" }) as Error);
    await expect(startBroker({ store: { folder: stored.folder } })).rejects.toMatchObject({
      code: "xqbus:store-in-use",
    });
  });
});

describeWith([SQLITE], "The log of a broker that was killed", () => {
  async function killed(count: number): Promise<string> {
    const folder = join(stored.folder, "killed");
    const broker = await BrokerProcess.start(folder);
    const client = await RheaClient.connect(broker.url);
    const sender = await client.sender(JOBS);
    for (let i = 0; i < count; i++) await sender.send(`message ${i}`);
    await broker.kill();
    client.kill();
    return folder;
  }

  it("may end within a write: everything before is there", async () => {
    const folder = await killed(10);
    const log = join(folder, "messages.db-wal");
    for (const cut of [1, 100, 5000]) {
      const copy = `${folder}-${cut}`;
      cpSync(folder, copy, { recursive: true });
      truncateSync(join(copy, "messages.db-wal"), statSync(log).size - cut);
      await using broker = await startBroker({ store: { folder: copy } });
      const [queue] = broker.management.queues();
      expect(queue?.messages).toBeGreaterThanOrEqual(8);
      expect(queue?.messages).toBeLessThan(10);
    }
  });

  it("is checked as a part of the store", async () => {
    const folder = await killed(10);
    expect(checkStore(folder)).toMatchObject({ isWhole: true, messages: 10 });
    flip(join(folder, "messages.db-wal"), "message 3");
    await expect(startBroker({ store: { folder } })).rejects.toMatchObject({ code: "xqbus:store-damaged" });
    expect(checkStore(folder)).toMatchObject({ isWhole: false });
    rmSync(folder, { recursive: true });
  });
});
