import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { systemClock } from "../../src/clock.ts";
import { Cluster, CLUSTER_MIGRATIONS, preferredMember, type ClusterTables } from "../../src/cluster/index.ts";
import { openDatabase, type Database } from "../../src/database/index.ts";
import { openListeners, type ListenerInput, type RunningListeners } from "../../src/listener/index.ts";
import { createTestBus, type TestBus } from "../../src/testing/index.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith } from "../helpers/requirements.ts";
import { afterTest, nodeLeave, Receivers, SETTINGS, shippedCatalog, until } from "./set-up.ts";

/** A daemon among others, as far as its listeners go. */
interface Process {
  readonly listeners: RunningListeners;
  readonly cluster: Cluster;
  readonly database: Database<ClusterTables>;
  readonly receivers: Receivers;
  readonly logs: string[];
}

const COUNTS = ["matched", "delivered", "failedAttempts", "deadLettered", "filterErrors"] as const;

describeWith([POSTGRES], "listeners of several processes", () => {
  let postgres: TestPostgres;
  let count = 0;
  let url: string;
  let bus: TestBus;

  beforeAll(async () => {
    postgres = await TestPostgres.start();
  });
  afterAll(() => postgres[Symbol.dispose]());

  async function newBus(): Promise<void> {
    url = postgres.newDatabase(`listeners${++count}`);
    bus = createTestBus({ catalog: await shippedCatalog() });
    afterTest(() => bus.close());
  }

  async function join3(): Promise<readonly [Process, Process, Process]> {
    await newBus();
    return [await join1(), await join1(), await join1()];
  }

  async function join1(): Promise<Process> {
    const catalog = await shippedCatalog();
    const logs: string[] = [];
    const database = await openDatabase<ClusterTables>(url, { schema: "c", migrations: CLUSTER_MIGRATIONS });
    afterTest(() => database.close());
    const cluster = await Cluster.open({
      ...{ database, domain: "org.clacks", release: "1", heartbeatMs: 50, goneAfterMs: 5000 },
    });
    afterTest(() => cluster.close());
    const folder = mkdtempSync(join(tmpdir(), "xqbus-shared-"));
    afterTest(() => rmSync(folder, { recursive: true, force: true }));
    const receivers = new Receivers();
    const listeners = await openListeners({
      ...{ url: bus.url, catalog, folder, settings: SETTINGS, notifierTypes: [receivers.type] },
      ...{ clock: systemClock({ keepsProcessAlive: false }), writeCountsMs: 50 },
      shared: { url, cluster, database, recountMs: 200 },
      onLog: ({ level, message }) => logs.push(`${level} ${message}`),
    });
    afterTest(() => listeners.stop());
    await listeners.start();
    return { listeners, cluster, database, receivers, logs };
  }

  const wish = (to: string, more: Partial<ListenerInput> = {}): ListenerInput => ({
    ...{ notifier: "fake", eventTypes: ["NodeLeave"], config: { to } },
    ...more,
  });
  const told = (processes: readonly Process[], listener: { readonly id: string }): readonly string[] =>
    processes.flatMap(({ receivers }) => receivers.idsOf(listener)).sort();
  const ids = (from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, index) => `n${from + index}`).sort();
  const send = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) await bus.send(nodeLeave(`n${n}`));
  };

  it("each event reaches each listener once, and one process delivers for each of them", async () => {
    const all = await join3();
    const made = [];
    for (let n = 0; n < 12; n++)
      made.push(await all[n % 3 === 0 ? 0 : n % 3 === 1 ? 1 : 2].listeners.create(wish(`r${n}`)));
    await send(0, 30);
    for (const listener of made) await until(() => expect(told(all, listener)).toEqual(ids(0, 30)));
    await until(() =>
      expect(all.flatMap(({ cluster }) => cluster.held).filter((name) => name.startsWith("listener:"))).toHaveLength(
        12,
      ),
    );
    expect(all.filter(({ receivers }) => receivers.told.length > 0).length).toBeGreaterThan(1);
    for (const { listeners } of all) {
      expect(listeners.list().map(({ id }) => id)).toEqual(made.map(({ id }) => id));
      await until(async () =>
        expect(await listeners.deliveries({ state: "delivered", limit: 1000 })).toHaveLength(360),
      );
    }
  });

  it("what one process changes all of them know when it is done", async () => {
    const [one, other, third] = await join3();
    const listener = await one.listeners.create(wish("a"));
    await other.listeners.pause(listener.id);
    expect([one, other, third].map(({ listeners }) => listeners.get(listener.id).state)).toEqual(
      Array(3).fill("paused"),
    );
    await send(0, 3);
    await until(() => expect(third.listeners.get(listener.id).counts.waiting).toBe(3));
    await third.listeners.update(listener.id, { name: "Renamed" });
    expect(one.listeners.get(listener.id).name).toBe("Renamed");
    await one.listeners.resume(listener.id);
    await until(() => expect(told([one, other, third], listener)).toEqual(ids(0, 3)));
    await other.listeners.delete(listener.id);
    expect([one, other, third].map(({ listeners }) => listeners.list())).toEqual([[], [], []]);
  });

  it("a process that goes, or dies, is followed by another one, with what it left", async () => {
    const all = await join3();
    const listener = await all[0].listeners.create(wish("a", { retry: "forever schedule 50ms" }));
    const holder = (): Process | undefined =>
      all.find(({ cluster }) => cluster.held.includes(`listener:${listener.id}`));
    const chosen = preferredMember(
      `listener:${listener.id}`,
      all.map(({ cluster }) => cluster.id),
    );
    await until(() => expect(holder()?.cluster.id).toBe(chosen));
    // Its receiver is away where it is first tried.
    const first = holder() ?? all[0];
    first.receivers.answers.set("a", () => Promise.reject(new Error("away")));
    await send(0, 5);
    await until(() => expect(first.receivers.told.length).toBeGreaterThan(5));
    await first.database.close();
    const rest = all.filter((process) => process !== first);
    await until(() => expect(told(rest, listener)).toEqual(ids(0, 5)));
    const second = holder();
    expect(second).not.toBe(first);
    await send(5, 10);
    await until(() => expect(new Set(told(rest, listener))).toEqual(new Set(ids(0, 10))));
    await second?.listeners.stop();
    await second?.cluster.close();
    const last = rest.filter((process) => process !== second);
    await send(10, 12);
    await until(() => expect(new Set(told(last, listener))).toEqual(new Set(["n10", "n11"])));
  });

  it("events wait on the bus while the database is away, and nobody misses one", async () => {
    await newBus();
    const all = [await join1(), await join1()];
    const listener = await all[0]?.listeners.create(wish("a"));
    if (listener === undefined) throw new Error("no listener");
    await send(0, 5);
    await until(() => expect(told(all, listener)).toEqual(ids(0, 5)));
    postgres.kill();
    await send(5, 10);
    await until(() => expect(all.map(({ cluster }) => cluster.failure === undefined)).toEqual([false, false]));
    expect(all.map(({ listeners }) => listeners.health.failure?.code)).toEqual(
      Array(2).fill("xqbus:database-unavailable"),
    );
    postgres.restart();
    await until(() => expect(new Set(told(all, listener))).toEqual(new Set(ids(0, 10))));
    await until(() => expect(all.map(({ listeners }) => listeners.health.failure)).toEqual([undefined, undefined]));
  });

  /** What processes have counted of a listener, each by itself. */
  const sumOf = (processes: readonly Process[], id: string): Record<string, number> =>
    Object.fromEntries(
      COUNTS.map((count) => [
        count,
        processes.reduce((sum, { listeners }) => sum + listeners.countsHere(id)[count], 0),
      ]),
    );

  it("each process shows what all of them have counted, also after their end", async () => {
    const all = await join3();
    const [first, second] = [await all[0].listeners.create(wish("a")), await all[1].listeners.create(wish("b"))];
    await send(0, 30);
    for (const { id } of [first, second]) {
      for (const { listeners } of all) {
        const counts = { matched: 30, delivered: 30, failedAttempts: 0, deadLettered: 0, waiting: 0, filterErrors: 0 };
        await until(() => expect(listeners.get(id).counts).toEqual(counts));
      }
      expect(sumOf(all, id)).toMatchObject({ matched: 30, delivered: 30 });
    }
    for (const { listeners, cluster } of all) {
      await listeners.stop();
      await cluster.close();
    }
    const again = await join1();
    expect(again.listeners.get(first.id).counts).toMatchObject({ matched: 30, delivered: 30 });
    await send(30, 31);
    await until(() => expect(again.listeners.get(first.id).counts).toMatchObject({ matched: 31, delivered: 31 }));
    await again.listeners.delete(first.id);
    const third = await again.listeners.create(wish("a"));
    expect(again.listeners.get(third.id).counts).toMatchObject({ matched: 0, delivered: 0 });
    await until(() => expect(again.listeners.get(second.id).counts).toMatchObject({ matched: 31, delivered: 31 }));
    const { kysely, sql } = again.database;
    await until(async () => {
      const { rows } = await sql`SELECT matched FROM xqbus_listener.listener_count ORDER BY listener`.execute(kysely);
      expect(rows).toEqual([{ matched: 31 }]);
    });
  });

  it("what is counted while the database is away is known everywhere when it is back, once", async () => {
    await newBus();
    const all = [await join1(), await join1()];
    const listener = await all[0]?.listeners.create(wish("a", { retry: "forever schedule 50ms" }));
    if (listener === undefined) throw new Error("no listener");
    await send(0, 3);
    const shown = (): unknown[] => all.map(({ listeners }) => listeners.get(listener.id).counts);
    const known = (count: object): unknown => Array(2).fill(expect.objectContaining(count));
    await until(() => expect(shown()).toEqual(known({ matched: 3, delivered: 3 })));
    const away = new Set<(error: Error) => void>();
    for (const { receivers } of all) {
      receivers.answers.set("a", () => new Promise((_, reject) => away.add(reject)));
    }
    await send(3, 5);
    // All of it is stored, and nothing is being stored when the database goes.
    await until(() => expect([away.size, shown()]).toEqual([2, known({ matched: 5, delivered: 3 })]));
    postgres.kill();
    for (const reject of away) reject(new Error("away"));
    for (const { receivers } of all) receivers.answers.delete("a");
    const told = (): readonly string[] =>
      all.flatMap(({ logs }) => logs.filter((log) => log.includes("not stored yet")));
    await until(() => expect(told()).not.toEqual([]));
    postgres.restart();
    await until(() =>
      expect(new Set(all.flatMap(({ receivers }) => receivers.idsOf(listener)))).toEqual(new Set(ids(0, 5))),
    );
    await until(() => {
      const sum = sumOf(all, listener.id);
      expect(sum["failedAttempts"]).toBeGreaterThan(1);
      expect(sum["delivered"]).toBeGreaterThan(4);
      expect(shown()).toEqual(known({ ...sum, matched: 5, waiting: 0 }));
    });
  });

  it("an event that the database cannot store is rejected once, and the others arrive", async () => {
    const all = await join3();
    const [one] = all;
    const listener = await one.listeners.create(wish("a"));
    const refusals = (): number =>
      all.flatMap(({ logs }) => logs).filter((line) => line.includes("the listeners cannot store the event")).length;
    const publisher = await EventPublisher.open(bus.url, { catalog: await shippedCatalog() });
    afterTest(() => publisher.close());
    const { sql, kysely } = one.database;
    await sql`ALTER TABLE xqbus_listener.event ADD CHECK (id <> 'refused')`.execute(kysely);
    await Promise.all([publisher.sendEvent(nodeLeave("n9"), { messageId: "refused" }), send(0, 5)]);
    await until(() => expect(one.listeners.get(listener.id).counts.waiting).toBe(0));
    await until(async () => expect(await one.listeners.deliveries({ state: "delivered", limit: 100 })).toHaveLength(5));
    await until(() => expect(refusals()).toBe(1));
    await send(5, 8);
    await until(async () => expect(await one.listeners.deliveries({ state: "delivered", limit: 100 })).toHaveLength(8));
    expect(refusals()).toBe(1);
  });

  it("a broken receiver, a dead letter and its new attempt are known everywhere", async () => {
    const all = await join3();
    const [one, other] = all;
    for (const { receivers } of all) receivers.answers.set("a", () => Promise.reject(new Error("no such place")));
    const listener = await one.listeners.create(wish("a", { retry: "1x schedule 10ms" }));
    await send(0, 1);
    await until(async () => expect(await other.listeners.deliveries({ state: "dead" })).toHaveLength(1));
    for (const { receivers } of all) receivers.answers.delete("a");
    const [dead] = await other.listeners.deliveries({ state: "dead" });
    for (const { receivers } of all) receivers.told.length = 0;
    for (const { listeners } of [other]) await listeners.retry(dead?.id ?? "");
    await until(() => expect(told(all, listener)).toEqual(["n0"]));
    await until(async () =>
      expect((await one.listeners.deliveries({ state: "delivered" })).map(({ id }) => id)).toEqual([dead?.id]),
    );
  });
});
