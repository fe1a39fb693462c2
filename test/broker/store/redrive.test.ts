import { afterEach, beforeEach, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { BrokerDeadLetter } from "../../../src/broker/index.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { RheaClient } from "../rhea-client.ts";
import { BrokerProcess } from "./broker-process.ts";
import { JOBS, kept, StoredBroker } from "./store-harness.ts";

let stored: StoredBroker;
beforeEach(() => (stored = new StoredBroker()));
afterEach(() => stored.remove());

async function deadLetters(broker = stored.broker): Promise<readonly BrokerDeadLetter[]> {
  const found: BrokerDeadLetter[] = [];
  for await (const letter of broker.management.deadLetters()) found.push(letter);
  return found;
}

/** Publishes jobs of a size, and rejects all of them. */
async function fillDeadLetters(client: RheaClient, count: number, size = 1): Promise<void> {
  const receiver = await client.receiver(JOBS);
  receiver.credit(count);
  const sender = await client.sender(JOBS);
  for (let i = 0; i < count; i++) {
    await sender.send(`${i}`.padEnd(size));
    (await receiver.next()).delivery.reject();
  }
  receiver.link.close();
  sender.link.close();
  await client.settle();
}

const bodyOf = ({ body }: BrokerDeadLetter): string =>
  Buffer.from(body ?? [])
    .toString()
    .trim();

const counts = (): unknown =>
  stored.sql("SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM entry) AS entries")[0];

describeWith([SQLITE], "Dead letters on disk", () => {
  it("keep their ids over a restart and go back to the subscription that is there again", async () => {
    await stored.start();
    for (const name of ["invoices", "archive"]) {
      const receiver = await stored.client.receiver(kept(), { name });
      receiver.link.detach();
    }
    await stored.publish("org.clacks", ["one"]);
    const receiver = await stored.client.receiver(kept(), { name: "invoices" });
    receiver.credit(1);
    (await receiver.next()).delivery.reject();
    await stored.client.settle();
    await expect.poll(() => deadLetters()).toHaveLength(1);
    const [before] = await deadLetters();
    await stored.restart();
    const [letter, ...others] = await deadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ id: before?.id, reason: "rejected", subscription: { name: "invoices" } });
    expect(await letter?.redrive()).toBe(true);
    await stored.restart();
    expect(await deadLetters()).toEqual([]);
    const again = await stored.client.receiver(kept(), { name: "invoices" });
    again.credit(2);
    const { body, message, delivery } = await again.next();
    expect([body, message.message_annotations]).toEqual(["one", { "x-opt-redrives": 1 }]);
    delivery.accept();
    expect(await stored.take(kept(), 1, "archive")).toEqual(["one"]);
    await stored.stop();
    expect(counts()).toEqual({ messages: 0, entries: 0 });
  });

  it("are listed, redriven and deleted where they are on disk only, once each", async () => {
    await stored.start({ store: { folder: "", queueMemoryBytes: 64 * 1024 } });
    await fillDeadLetters(stored.client, 60, 4096);
    await stored.restart({ store: { folder: "", queueMemoryBytes: 64 * 1024 } });
    const listed = await deadLetters();
    expect(listed.map(bodyOf)).toEqual(Array.from({ length: 60 }, (_, i) => `${i}`));
    for await (const letter of stored.broker.management.deadLetters()) {
      const number = Number(bodyOf(letter));
      if (number % 3 === 0) expect(await letter.redrive()).toBe(true);
      if (number % 3 === 1) expect(letter.delete()).toBe(true);
    }
    expect((await deadLetters()).map(bodyOf)).toEqual(Array.from({ length: 20 }, (_, i) => `${3 * i + 2}`));
    for (const letter of listed.filter((each) => Number(bodyOf(each)) % 3 !== 2)) {
      expect([await letter.redrive(), letter.delete()]).toEqual([false, false]);
    }
    await stored.restart();
    expect((await deadLetters()).map(bodyOf)).toEqual(Array.from({ length: 20 }, (_, i) => `${3 * i + 2}`));
    const jobs = await stored.take(JOBS, 20);
    expect(jobs.map((body) => String(body).trim())).toEqual(Array.from({ length: 20 }, (_, i) => `${3 * i}`));
    await stored.stop();
    expect(counts()).toEqual({ messages: 20, entries: 20 });
  });

  it("are in one place, the old or the new one, when the broker is killed while they are redriven", async () => {
    const killed = await BrokerProcess.start(stored.folder);
    const client = await RheaClient.connect(killed.url);
    await fillDeadLetters(client, 200);
    await killed.redriveUntilKilled(20);
    client.kill();
    await using broker = await startBroker({ store: { folder: stored.folder } });
    const left = (await deadLetters(broker)).map(bodyOf);
    const redriven = broker.management.queues().some(({ address }) => address === "jobs")
      ? (await broker.management.browse("jobs")).length
      : 0;
    expect(redriven).toBeGreaterThan(0);
    expect(new Set(left).size).toBe(left.length);
    expect(left.length + redriven).toBe(200);
  });
});
