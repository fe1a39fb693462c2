import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BacklogCounts } from "../../src/router/backlog-counts.ts";
import { Backlog, PAGE_BYTES, PAGE_ROWS, type BacklogCount } from "../../src/router/backlog.ts";
import { openRouterDatabase, RouteStore, type RouterDatabase } from "../../src/router/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `the backlog in ${product.name}`, () => {
    let running: RunningProduct;
    let database: RouterDatabase;
    let backlog: Backlog;

    beforeAll(async () => {
      running = await product.start();
    }, 60_000);
    afterAll(() => running.stop());
    beforeEach(async () => {
      database = await openRouterDatabase(running.newUrl());
      backlog = new Backlog(database);
    });
    afterEach(() => database.close());

    const add = async (route: string, ...messages: readonly string[]): Promise<void> => {
      for (const message of messages) await backlog.add(route, Buffer.from(message), `because of ${message}`);
    };

    it("tells the routes that have something, each once", async () => {
      expect(await backlog.routes()).toEqual([]);
      for (const route of ["b", "a", "b", "B", "c-1", "a", "c_1"]) await add(route, "m");
      expect((await backlog.routes()).toSorted()).toEqual(["B", "a", "b", "c-1", "c_1"]);
    });

    it("is read in pages of as many bytes as are bearable, but one row at least", async () => {
      const half = "x".repeat(PAGE_BYTES / 2);
      await add("a", half, half, "1", `${half}${half}${half}`, "2", "3");
      await add("b", "other");
      const lengths: number[][] = [];
      for (let after = 0; ;) {
        const rows = await backlog.page("a", after);
        if (rows.length === 0) break;
        lengths.push(rows.map(({ message }) => message.length));
        after = rows.at(-1)?.id ?? 0;
      }
      expect(lengths).toEqual([[half.length, half.length], [1], [3 * half.length], [1, 1]]);
      await add("c", ...Array.from({ length: PAGE_ROWS + 1 }, () => ""));
      expect(await backlog.page("c")).toHaveLength(PAGE_ROWS);
      expect(await backlog.page("c", 0, 1)).toHaveLength(1);
    });

    it("says of each route how much waits, and why the first one does, as of the latest attempt", async () => {
      await add("a", "1", "22", "333");
      await backlog.add("odd", Buffer.from("?"), "no such function\0", true);
      const [first] = await backlog.page("a");
      expect(first?.reason).toBe("because of 1");
      await backlog.explain(first!, "the queue is full", false);
      expect(await backlog.counts()).toMatchObject([
        { route: "a", waiting: 3, bytes: 6, reason: "the queue is full", isUndecided: false },
        {
          ...{ route: "odd", waiting: 1, isUndecided: true },
          reason: "it is not known yet whether the route wants it: no such function\uFFFD",
        },
      ]);
      expect(await backlog.counts("a")).toHaveLength(1);
      expect(await backlog.counts("none")).toEqual([]);
    });

    it("gives up what routes have left that are gone, and nothing else", async () => {
      const store = new RouteStore(database, "org.clacks");
      for (const name of ["plain", "ordered", "ending", "interrupted", "again"]) {
        await store.put(name, name === "ordered" ? { orderBy: "group-id" } : {}, { dryRun: false });
      }
      for (const name of ["ending", "interrupted", "again"]) await store.delete(name);
      for (const name of ["interrupted", "again"]) await store.interrupted(name);
      await store.put("again", {}, { dryRun: false });
      for (const name of ["plain", "ordered", "ending", "interrupted", "again", "gone"]) await add(name, "1", "2");
      await add("gone", ...Array.from({ length: 1100 }, () => "m"));
      expect(await backlog.removeLeft()).toEqual(
        new Map([
          ["gone", 1102],
          ["interrupted", 2],
        ]),
      );
      expect((await backlog.routes()).toSorted()).toEqual(["again", "ending", "ordered", "plain"]);
      expect(await backlog.removeLeft()).toEqual(new Map());
    });
  });
}

describe("the counts of a backlog", () => {
  it("are kept twenty times as long as it takes to count, by one at a time", async () => {
    let now = 0;
    let counted = 0;
    const counts = new BacklogCounts(
      async (): Promise<readonly BacklogCount[]> => {
        counted++;
        await Promise.resolve();
        now += 100;
        return [];
      },
      () => now,
    );
    await Promise.all([counts.get(), counts.get(), counts.get()]);
    now += 1999;
    await counts.get();
    expect(counted).toBe(1);
    now += 1;
    await counts.get();
    expect(counted).toBe(2);
  });

  it("are counted anew after it failed", async () => {
    let attempts = 0;
    const counts = new BacklogCounts(() =>
      attempts++ === 0 ? Promise.reject(new Error("away")) : Promise.resolve([]),
    );
    await expect(counts.get()).rejects.toThrow("away");
    expect(await counts.get()).toEqual([]);
  });
});
