import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { EventContext } from "rhea";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { RheaClient } from "../rhea-client.ts";
import type { TestReceiver, TestSender } from "../rhea-client.ts";
import { BrokerProcess } from "./broker-process.ts";

const CYCLES = process.env["XQBUS_FULL"] === "1" ? 100 : 10;
const TOPIC = "org.clacks";
const JOBS = { address: "jobs", capabilities: ["queue"] };
const KEPT = { address: TOPIC, durable: 2, expiry_policy: "never" };
/** Messages of each producer that wait for their answer. */
const UNDER_WAY = 50;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "xqbus-kill-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What producers know to be accepted and consumers have accepted, whatever happens to the broker. */
class Ledger {
  readonly acked = new Set<string>();
  readonly #received = new Map<string, number>();

  receive(id: string): void {
    this.#received.set(id, (this.#received.get(id) ?? 0) + 1);
  }

  get lost(): readonly string[] {
    return [...this.acked].filter((id) => !this.#received.has(id));
  }

  get duplicates(): number {
    return [...this.#received.values()].filter((times) => times > 1).length;
  }
}

async function produce(sender: TestSender, prefix: string, ledger: Ledger): Promise<void> {
  let count = 0;
  const next = async (): Promise<void> => {
    for (;;) {
      const id = `${prefix} ${count++}`;
      const { outcome } = await sender.send(id);
      if (outcome === "accepted") ledger.acked.add(id);
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, next));
}

/** One message at a time: rhea makes one outcome of two different ones that it is told in the same tick. */
function consume({ link }: TestReceiver, ledger: Ledger, every: number): void {
  let seen = 0;
  link.on("message", ({ message, delivery }: EventContext) => {
    if (++seen % every === 0) {
      ledger.receive(String(message?.body));
      delivery?.accept();
    } else delivery?.release();
    link.add_credit(1);
  });
  link.add_credit(1);
}

async function drain(url: string, source: object, ledger: Ledger, name: string): Promise<void> {
  const client = await RheaClient.connect(url, { container_id: "consumer" });
  const receiver = await client.receiver(source, { name });
  consume(receiver, ledger, 1);
  for (let before = -1; before !== receiver.waiting.length;) {
    before = receiver.waiting.length;
    await client.settle();
    await sleep(100);
  }
  await client.close();
}

describeWith([SQLITE], "A broker that is killed at any time", () => {
  it(
    `loses nothing that it has accepted, in ${CYCLES} times`,
    async ({ annotate }) => {
      const ledger = new Ledger();
      const delays = fc.sample(fc.integer({ min: 20, max: 400 }), { numRuns: CYCLES });
      for (const [cycle, delay] of delays.entries()) {
        const broker = await BrokerProcess.start(folder);
        const consumer = await RheaClient.connect(broker.url, { container_id: "consumer" });
        consume(await consumer.receiver(KEPT, { name: "kept" }), ledger, 2);
        // Not in the same session, for the same reason.
        const other = await RheaClient.connect(broker.url);
        if (cycle % 2 === 0) consume(await other.receiver(JOBS), ledger, 3);
        const producer = await RheaClient.connect(broker.url);
        void produce(await producer.sender(JOBS), `job ${cycle}`, ledger);
        void produce(await producer.sender(TOPIC), `event ${cycle}`, ledger);
        await sleep(delay);
        await broker.kill();
        producer.kill();
        consumer.kill();
        other.kill();
      }
      const broker = await BrokerProcess.start(folder);
      await drain(broker.url, JOBS, ledger, "drain");
      await drain(broker.url, KEPT, ledger, "kept");
      await broker.close();
      await annotate(`${ledger.acked.size} messages accepted, ${ledger.duplicates} delivered more than once`);
      expect(ledger.acked.size).toBeGreaterThan(CYCLES);
      expect(ledger.lost).toEqual([]);
    },
    CYCLES * 30_000,
  );
});
