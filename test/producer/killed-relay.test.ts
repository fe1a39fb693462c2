import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installProducer, openRelay, producerState } from "../../src/producer/index.ts";
import { describeWith } from "../helpers/requirements.ts";
import { PRODUCTS, type RunningProduct, type TestDatabase } from "./products.ts";
import { startTestBroker } from "./test-relay.ts";

const RUNNER = join(import.meta.dirname, "killed-relay-runner.ts");
type Point = readonly [moment: "before" | "after", statement: number];

/** More statements than there are. */
const STATEMENTS = Array.from({ length: 30 }, (_, at) => at + 1);
const IS_FULL = process.env["XQBUS_FULL"] === "1";
/** The short version: around the statement that deletes, and where a row is put aside. */
const SHORT: readonly Point[] = [
  ["before", 4],
  ["after", 4],
  ["before", 7],
];
const RUNS: readonly (readonly [name: string, points: readonly Point[]])[] = IS_FULL
  ? (["before", "after"] as const).map((moment) => [`${moment} each`, STATEMENTS.map((number) => [moment, number])])
  : [["before and after some", SHORT]];

/** @returns whether it was killed */
async function runKilled(url: string, bus: string, [moment, statement]: Point): Promise<boolean> {
  const child = spawn(process.execPath, ["--import", "tsx", RUNNER, url, bus, moment, String(statement)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (signal !== "SIGKILL") expect(code).toBe(0);
  return signal === "SIGKILL";
}

for (const product of PRODUCTS) {
  describeWith([product.requirement], `a relay of ${product.name} that is killed at a statement`, () => {
    let running: RunningProduct;
    beforeAll(async () => void (running = await product.start()), 60_000);
    afterAll(() => running.stop());

    /** Two events, and one that is none, which will be parked. */
    async function change(db: TestDatabase, round: number): Promise<void> {
      await db.run(
        `INSERT INTO customers VALUES(${round}, 'a')`,
        `INSERT INTO xqbus_outbox(message_id, kind, body) VALUES('bad ${round}', 'event', '<none')`,
        `UPDATE customers SET name = 'b' WHERE id = ${round}`,
      );
    }

    it.each(RUNS)(
      "loses nothing, invents nothing, and keeps the order: %s of them",
      async (_, points) => {
        await using db = await running.open();
        await db.run("CREATE TABLE customers(id integer PRIMARY KEY, name text)");
        await installProducer(db.database, { table: "customers" });
        await using bus = await startTestBroker();
        let round = 0;
        let wasKilled = true;
        for (const point of points) {
          if (!wasKilled) break;
          await change(db, ++round);
          wasKilled = await runKilled(db.url, bus.url, point);
          // SQLite: time goes by until the place of the one that was killed is free.
          if (product.name === "SQLite") await db.run("UPDATE xqbus_relay SET until = 0");
        }
        // All of them were tried, if that was to be.
        expect(wasKilled).toBe(!IS_FULL);
        await change(db, ++round);
        await openRelay({ database: db.database, bus: bus.url, once: true }).ended;
        const rounds = Array.from({ length: round }, (_, at) => at + 1);
        await bus.first(2 * round);
        const texts = new Map<string, string>();
        for (const { event, messageId = "" } of bus.received) {
          expect(texts.get(messageId) ?? event.toString()).toBe(event.toString());
          texts.set(messageId, event.toString());
        }
        const firsts = [...texts.values()].map((text) => /<Object(\w+)>.*<Guid>(\d+)/s.exec(text)?.slice(1).join(" "));
        expect(firsts).toEqual(rounds.flatMap((id) => [`Stored ${id}`, `Updated ${id}`]));
        const { waiting, parked } = await producerState(db.database);
        expect([waiting, parked.map(({ messageId }) => messageId)]).toEqual([0, rounds.map((id) => `bad ${id}`)]);
      },
      IS_FULL ? 3_600_000 : 300_000,
    );
  });
}
