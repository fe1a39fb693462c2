import { join } from "node:path";
import { expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import type { KeptCounts, ListenerLogRecord } from "../../src/listener/index.ts";
import { ListenerStore } from "../../src/listener/store/index.ts";
import { StoredCounts } from "../../src/listener/stored-counts.ts";
import { chooseDriver } from "../../src/storage/choose-driver.ts";
import { afterTest, daemonPart, nodeLeave, NS, until } from "./set-up.ts";

const NONE: KeptCounts = { matched: 0, delivered: 0, failedAttempts: 0, deadLettered: 0, filterErrors: 0 };

/** Counts of one listener, number 7, in a store that is at hand. */
function counting(everyMs: number) {
  const table = new Map<number, KeptCounts>();
  const logs: ListenerLogRecord[] = [];
  const state = { here: NONE, writes: 0, failure: undefined as XqbusError | undefined };
  const counts = new StoredCounts({
    ...{ everyMs, onLog: (record) => logs.push(record), here: () => new Map([[7, state.here]]) },
    store: {
      counts: async () => new Map(table),
      addCounts: async (added) => {
        state.writes++;
        if (state.failure !== undefined) throw state.failure;
        for (const [number, more] of added) {
          const before = table.get(number) ?? NONE;
          const matched = before.matched + more.matched;
          table.set(number, { ...before, matched, delivered: before.delivered + more.delivered });
        }
      },
    },
  });
  afterTest(() => counts.stop());
  return { counts, table, logs, state, shown: () => counts.totalOf(7, state.here) };
}

it("what could not be stored is stored later, once, and is shown all the time", async () => {
  const { counts, table, logs, state, shown } = counting(1);
  table.set(7, { ...NONE, matched: 100 });
  await counts.read();
  counts.start();
  state.failure = new XqbusError("xqbus:database-unavailable", "away");
  state.here = { ...NONE, matched: 3 };
  await until(() => expect(state.writes).toBeGreaterThan(2));
  expect(shown()).toEqual({ ...NONE, matched: 103 });
  expect(table.get(7)).toEqual({ ...NONE, matched: 100 });
  state.here = { ...NONE, matched: 5, delivered: 4 };
  expect(shown()).toEqual({ ...NONE, matched: 105, delivered: 4 });
  state.failure = undefined;
  await until(() => expect(table.get(7)).toEqual({ ...NONE, matched: 105, delivered: 4 }));
  await counts.stop();
  expect(shown()).toEqual({ ...NONE, matched: 105, delivered: 4 });
  expect(table.get(7)).toEqual(shown());
  expect(logs.map(({ level, message }) => `${level} ${message}`)).toEqual([
    "warn counts of listeners are not stored yet: away",
  ]);
});

it("what others have stored is added, and what is stored is not counted twice", async () => {
  const { counts, table, state, shown } = counting(1_000_000);
  state.here = { ...NONE, matched: 2 };
  await counts.read();
  table.set(7, { ...NONE, matched: 10 });
  expect(shown().matched).toBe(2);
  await counts.read();
  expect(shown().matched).toBe(12);
  await counts.stop();
  expect([shown().matched, table.get(7)?.matched]).toEqual([12, 12]);
  await counts.read();
  expect(shown().matched).toBe(12);
  expect(state.writes).toBe(1);
  await counts.stop();
  expect(state.writes).toBe(1);
});

it("an end that cannot store the counts says so", async () => {
  const { counts, logs, state } = counting(1_000_000);
  state.here = { ...NONE, matched: 2 };
  state.failure = new XqbusError("xqbus:database-unavailable", "away");
  await counts.stop();
  expect(logs.map(({ code, message }) => [code, message])).toEqual([
    ["xqbus:database-unavailable", "the latest counts of listeners are lost: away"],
  ]);
});

it("counts go on after a restart, and those of the process begin again", async () => {
  const part = await daemonPart();
  const listener = await part.create({ retry: "1x schedule 10ms" });
  const counts = (): unknown => part.listeners.get(listener.id).counts;
  await part.send(nodeLeave("one"), nodeLeave("two"));
  await until(() => expect(counts()).toMatchObject({ matched: 2, delivered: 2 }));
  part.receivers.answers.set("a", () => {
    throw new Error("away");
  });
  await part.send(nodeLeave("three"));
  await until(() => expect(counts()).toMatchObject({ matched: 3, failedAttempts: 1 }));
  await part.pass(1000);
  await until(() => expect(counts()).toMatchObject({ deadLettered: 1, waiting: 0 }));
  const before = counts();
  await part.reopen();
  expect(counts()).toEqual(before);
  expect(part.listeners.countsHere(listener.id)).toEqual(NONE);
  part.receivers.answers.clear();
  await part.send(nodeLeave("four"));
  await until(() => expect(counts()).toMatchObject({ matched: 4, delivered: 3, deadLettered: 1 }));
  expect(part.listeners.countsHere(listener.id)).toEqual({ ...NONE, matched: 1, delivered: 1 });
  await part.listeners.update(listener.id, { name: "Renamed" });
  expect(counts()).toMatchObject({ matched: 4, delivered: 3, deadLettered: 1 });
});

it("counts are stored while the daemon runs, and go with their listener", async () => {
  const part = await daemonPart({ writeCountsMs: 5 });
  const [first, second] = [await part.create(), await part.create({ config: { to: "b" } })];
  await part.send(nodeLeave("one"));
  for (const { id } of [first, second]) {
    await until(() => expect(part.listeners.get(id).counts).toMatchObject({ matched: 1, delivered: 1 }));
  }
  await part.listeners.delete(first.id);
  const third = await part.create();
  expect(part.listeners.get(third.id).counts).toEqual({ ...NONE, waiting: 0 });
  const look = async () => {
    await part.listeners.stop();
    const store = await ListenerStore.open({ folder: part.folder, onFailure: () => undefined });
    const seen = {
      stored: await store.counts(),
      ...(await store.listeners().then(({ stored: listeners, deleted }) => ({ listeners, deleted }))),
    };
    await store.close();
    return seen;
  };
  // An end in order waits for one step of what removes the rows of the one that is gone; the next start goes on with it.
  let seen = await look();
  while (seen.deleted.length > 0) {
    await part.reopen();
    seen = await look();
  }
  const { stored, listeners, deleted } = seen;
  const kept = listeners.flatMap(({ id, number }) => (id === second.id ? [[number, stored.get(number)]] : []));
  expect(kept).toEqual([[expect.any(Number), { ...NONE, matched: 1, delivered: 1 }]]);
  expect([listeners.map(({ id }) => id), deleted, stored.size]).toEqual([[second.id, third.id], [], 1]);
});

it("errors of a filter stay counted when it is changed, and after a restart", async () => {
  const part = await daemonPart();
  const failing = (n: number): string => `declare namespace n = "${NS}"; xs:integer(/n:Event/n:NodeLeave/n:Id) = ${n}`;
  const listener = await part.create({ xquery: failing(1) });
  const errors = (): number => part.listeners.get(listener.id).counts.filterErrors;
  await part.send(nodeLeave("no number"));
  await until(() => expect(errors()).toBe(1));
  await part.listeners.update(listener.id, { xquery: failing(2) });
  expect(errors()).toBe(1);
  await part.send(nodeLeave("none either"));
  await until(() => expect(errors()).toBe(2));
  await part.reopen();
  expect(errors()).toBe(2);
});

it("a store of the release before counts from its next start on", async () => {
  const part = await daemonPart();
  const listener = await part.create();
  await part.listeners.stop();
  const file = chooseDriver().open(join(part.folder, "listeners.db"));
  file.exec("DROP TABLE listener_count; PRAGMA user_version = 1");
  file.close();
  await part.reopen();
  expect(part.listeners.get(listener.id).counts).toEqual({ ...NONE, waiting: 0 });
  await part.send(nodeLeave("one"));
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ matched: 1, delivered: 1 }));
  await part.reopen();
  expect(part.listeners.get(listener.id).counts).toMatchObject({ matched: 1, delivered: 1 });
});
