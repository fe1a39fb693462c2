import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { EventMaker } from "../../src/event/index.ts";
import {
  installProducer,
  openRelay,
  outbox,
  producerState,
  retryParked,
  type RelayState,
} from "../../src/producer/index.ts";
import { defaultCatalog } from "../../src/amqp/index.ts";
import { freePort } from "../brokers/free-port.ts";
import { describeWith } from "../helpers/requirements.ts";
import { PRODUCTS, type RunningProduct, type TestDatabase } from "./products.ts";
import { startTestBroker, type Received } from "./test-relay.ts";

const TABLE = "CREATE TABLE customers(id integer PRIMARY KEY, name text)";
const guids = (received: readonly Received[]): readonly unknown[] => received.map(({ event }) => event.get("Guid"));

/** A module of this folder in a process of its own, whose lines are kept. */
function start(module: string, ...args: readonly string[]): { readonly child: ChildProcess; readonly lines: string[] } {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, module), ...args]);
  const lines: string[] = [];
  let rest = "";
  child.stdout.on("data", (data: Buffer) => {
    const parts = (rest + data.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stderr.pipe(process.stderr);
  return { child, lines };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

for (const product of PRODUCTS) {
  describeWith([product.requirement], `a relay of ${product.name}`, () => {
    let running: RunningProduct;
    beforeAll(async () => void (running = await product.start()), 60_000);
    afterAll(() => running.stop());

    const installed = async (): Promise<TestDatabase> => {
      const db = await running.open();
      await db.run(TABLE);
      await installProducer(db.database, { table: "customers" });
      return db;
    };

    it("publishes what comes while it works, in the order of the commits", async () => {
      await using db = await installed();
      await using bus = await startTestBroker();
      await using relay = openRelay({ database: db.url, bus: bus.url });
      for (let id = 1; id <= 30; id++) await db.run(`INSERT INTO customers VALUES(${id}, 'a')`);
      expect(guids(await bus.first(30))).toEqual(Array.from({ length: 30 }, (_, at) => String(at + 1)));
      await vi.waitFor(async () => expect((await producerState(db.database)).waiting).toBe(0), 10_000);
      await vi.waitFor(() => expect(relay.state).toEqual({ kind: "working" }), 10_000);
      expect(relay.counts).toEqual({ published: 30, parked: 0 });
    });

    it("loses nothing and invents nothing when relay and application are killed, and repeats under the same id", async () => {
      await using db = await installed();
      await using bus = await startTestBroker();
      const began: number[] = [];
      const committed: number[] = [];
      let next = 1;
      for (let round = 0; round < 3; round++) {
        const relay = start("relay-runner.ts", db.url, bus.url);
        const application = start("application-runner.ts", db.url, String(next));
        const before = bus.received.length;
        await vi.waitFor(() => expect(bus.received.length).toBeGreaterThan(before + 10), 40_000);
        await kill(round === 1 ? application.child : relay.child);
        await wait(round * 7);
        await kill(round === 1 ? relay.child : application.child);
        const numbers = (word: string): number[] =>
          application.lines.filter((line) => line.startsWith(word)).map((line) => Number(line.split(" ")[1]));
        began.push(...numbers("began"));
        committed.push(...numbers("committed"));
        next = (began.at(-1) ?? 0) + 10;
      }
      await openRelay({ database: db.database, bus: bus.url, once: true }).ended;
      await wait(100);
      const rows = (await db.rows("SELECT id FROM customers ORDER BY id")) as readonly { readonly id: number }[];
      const stored = rows.map(({ id }) => id);
      expect(stored.filter((id) => !began.includes(id))).toEqual([]);
      expect(committed.filter((id) => !stored.includes(id))).toEqual([]);
      const ids = new Map<string, string>();
      for (const { event, messageId = "" } of bus.received) {
        const text = event.toString();
        expect(ids.get(messageId) ?? text).toBe(text);
        ids.set(messageId, text);
      }
      // The first time that each was seen is in order, and there is nothing else.
      const firsts = [...ids.values()].map(
        (text) => `${/<Object(\w+)/.exec(text)?.[1]} ${/<Guid>(\d+)/.exec(text)?.[1]}`,
      );
      expect(firsts).toEqual(stored.flatMap((id) => [`Stored ${id}`, `Updated ${id}`]));
      expect((await producerState(db.database)).waiting).toBe(0);
    }, 180_000);

    it("works alone: another one waits, and takes the place of one that ends", async () => {
      await using db = await installed();
      await using bus = await startTestBroker();
      const first = openRelay({ database: db.url, bus: bus.url, pollMs: 20, retryMs: 50 });
      await vi.waitFor(() => expect(first.state.kind).toBe("working"), 20_000);
      await using second = openRelay({ database: db.url, bus: bus.url, pollMs: 20, retryMs: 50 });
      await vi.waitFor(() => expect(second.state.kind).toBe("standby"), 20_000);
      await db.run("INSERT INTO customers VALUES(1, 'a')");
      await bus.first(1);
      // Another one works: that is as good.
      await openRelay({ database: db.url, bus: bus.url, once: true, retryMs: 20 }).ended;
      await first.close();
      await db.run("INSERT INTO customers VALUES(2, 'a')");
      expect(guids(await bus.first(2))).toEqual(["1", "2"]);
      expect([first.counts.published, second.counts.published]).toEqual([1, 1]);
    });

    it("waits for an outbox that is not installed yet, where it is to keep trying", async () => {
      await using db = await running.open();
      await using bus = await startTestBroker();
      await using relay = openRelay({ database: db.url, bus: bus.url, retryMs: 20, keepsTrying: true });
      await vi.waitFor(
        () => expect(relay.state).toMatchObject({ kind: "failing", error: { code: "xqbus:illegal-argument" } }),
        20_000,
      );
      await db.run(TABLE);
      await installProducer(db.database, { table: "customers" });
      await db.run("INSERT INTO customers VALUES(1, 'a')");
      expect(guids(await bus.first(1))).toEqual(["1"]);
    });

    it("waits for a broker that is away, says so, and goes on", async () => {
      await using db = await installed();
      await db.run("INSERT INTO customers VALUES(1, 'a')");
      const port = await freePort();
      const states: RelayState[] = [];
      const bus = `amqp://admin:secret@127.0.0.1:${port}/org.clacks`;
      await using relay = openRelay({ database: db.url, bus, retryMs: 50, onState: (state) => states.push(state) });
      await vi.waitFor(() => expect(relay.state.kind).toBe("failing"), 20_000);
      expect(states.at(-1)).toMatchObject({ error: { code: "xqbus:not-connected" } });
      await using broker = await startTestBroker(port);
      await vi.waitFor(() => expect(relay.counts.published).toBe(1), 20_000);
      await db.run("INSERT INTO customers VALUES(2, 'a')");
      await vi.waitFor(() => expect(guids(broker.received)).toContain("2"), 20_000);
      expect(states[0]?.kind).toBe("failing");
      expect(relay.state.kind).toBe("working");
    });

    it("puts aside what cannot become an event, with the reason, and goes on with the others", async () => {
      await using db = await installed();
      await using bus = await startTestBroker();
      await db.run(`INSERT INTO customers VALUES(1, '${"x".repeat(5000)}')`, "INSERT INTO customers VALUES(2, 'a')");
      const { kysely } = db.database;
      await outbox.add(kysely, '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus/></Event>', {
        messageId: "bad",
      });
      await db.run("INSERT INTO customers VALUES(3, 'a')");
      const onParked = vi.fn();
      await openRelay({ database: db.database, bus: bus.url, once: true, maxRowSize: 4000, onParked }).ended;
      expect(guids(await bus.first(2))).toEqual(["2", "3"]);
      const { parked, waiting } = await producerState(db.database);
      expect(parked).toMatchObject([
        { reason: expect.stringMatching(/^xqbus:limit-exceeded: the row has \d+ characters/) as string },
        { messageId: "bad", reason: expect.stringMatching(/^xqbus:invalid-event: /) as string },
      ]);
      expect([waiting, onParked.mock.calls.length]).toEqual([0, 2]);
      expect(await retryParked(db.database)).toBe(2);
      await openRelay({ database: db.database, bus: bus.url, once: true }).ended;
      expect(guids(await bus.first(3))).toEqual(["2", "3", "1"]);
    });

    it("publishes the events that an application adds in its own transaction, if that commits", async () => {
      await using db = await running.open();
      await using bus = await startTestBroker();
      await installProducer(db.database, undefined);
      const e = EventMaker();
      const event = e.Event(e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Status: "busy" }));
      const catalog = await defaultCatalog();
      const { kysely } = db.database;
      const id = await kysely.transaction().execute((transaction) => outbox.add(transaction, event, { catalog }));
      const failed = kysely.transaction().execute(async (transaction) => {
        await outbox.add(transaction, event);
        await outbox.add(transaction, "<Event xmlns='http://www.gonicus.de/Events'><PhoneStatus/></Event>", {
          catalog,
        });
      });
      await expect(failed).rejects.toMatchObject({ code: "xqbus:invalid-event" });
      await kysely
        .transaction()
        .execute((transaction) =>
          outbox.add(transaction, event.toString(), { messageId: "mine", routingKey: "org.clacks.calls" }),
        );
      await openRelay({ database: db.database, bus: bus.url, once: true }).ended;
      const received = await bus.first(2);
      expect(received.map(({ messageId, subject }) => [messageId, subject])).toEqual([
        [id, "org.clacks.event.PhoneStatus"],
        ["mine", "org.clacks.calls"],
      ]);
      expect(received[0]?.event.toString()).toBe(event.toString());
    });
  });
}
