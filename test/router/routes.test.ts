import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openRouterDatabase, RouteStore, type Route, type RouterDatabase } from "../../src/router/index.ts";
import { RouteReader } from "../../src/router/route-reader.ts";
import { Routes } from "../../src/router/routes.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const NAMES = ["a", "b", "c", "d"];

function told({ name, xquery, orderBy }: Route): string {
  return JSON.stringify([name, xquery, orderBy]);
}

/** Follows a store, as a process does. */
class Follower {
  readonly routes: Routes;
  readonly #store: RouteStore;
  #generation = -1;
  /** Routes that were read. */
  read = 0;

  constructor(store: RouteStore, catalog: Catalog) {
    this.#store = store;
    this.routes = new Routes(catalog);
  }

  async follow(): Promise<readonly string[]> {
    const update = await this.#store.changesAfter(this.#generation);
    this.#generation = update.generation;
    this.read += update.changed.length;
    return this.routes.take(update, this.#store);
  }

  get known(): readonly string[] {
    const { plain, ordered } = this.routes;
    return [plain, ordered].flatMap((index) => [...index.names].map((name) => told(index.get(name)!))).sort();
  }
}

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `routes that follow ${product.name}`, () => {
    let running: RunningProduct;
    let catalog: Catalog;

    beforeAll(async () => {
      running = await product.start();
      catalog = await loadCatalog({});
    }, 60_000);
    afterAll(() => {
      catalog.close();
      return running.stop();
    });

    const open = (): Promise<RouterDatabase> => openRouterDatabase(running.newUrl());

    it("reads what has changed, and no more", async () => {
      await using database = await open();
      const store = new RouteStore(database, "org.clacks");
      for (const name of NAMES) await store.put(name, {}, { dryRun: false });
      const follower = new Follower(store, catalog);
      expect(await follower.follow()).toEqual([]);
      expect(follower.read).toBe(4);
      await store.put("b", { xquery: "true()" }, { dryRun: false });
      await store.put("e", {}, { dryRun: false });
      await store.delete("a");
      await store.ended("a");
      await store.put("c", {}, { dryRun: false });
      expect(await follower.follow()).toEqual(["a"]);
      expect(follower.read).toBe(6);
      expect(follower.routes.size).toBe(4);
      expect(await follower.follow()).toEqual([]);
      expect(follower.read).toBe(6);
      await follower.routes.stop();
    });

    it("reads all where a daemon of an earlier release has changed something", async () => {
      await using database = await open();
      const store = new RouteStore(database, "org.clacks");
      for (const name of NAMES) await store.put(name, {}, { dryRun: false });
      const follower = new Follower(store, catalog);
      await follower.follow();
      const { kysely } = database;
      await kysely
        .updateTable("route")
        .set({ definition: '{"xquery":"1 = 1"}', revision: 2 })
        .where("name", "=", "b")
        .execute();
      const made = {
        name: "old",
        definition: "{}",
        queue: "q",
        revision: 1,
        created_at: 1,
        updated_at: 1,
        generation: 0,
      };
      await kysely.insertInto("route").values(made).execute();
      await follower.follow();
      expect(follower.known).toEqual((await store.list()).map(told).sort());
      await kysely.deleteFrom("route").where("name", "=", "a").execute();
      expect(await follower.follow()).toEqual(["a"]);
      await follower.routes.stop();
    });

    it("are read in pages, each once, in the order of their names", async () => {
      await using database = await open();
      const store = new RouteStore(database, "org.clacks");
      const common = { definition: "{}", queue: "q", revision: 1, created_at: 1, updated_at: 1, generation: 0 };
      const rows = Array.from({ length: 2000 }, (_, at) => ({ ...common, name: `n${(at * 7) % 2000}` }));
      await database.kysely.insertInto("route").values(rows).execute();
      const first = await store.page("");
      expect(first.items).toHaveLength(1000);
      const second = await store.page(first.next ?? "");
      expect(second).toEqual({ items: expect.any(Array) as unknown });
      const names = [...first.items, ...second.items].map(({ name }) => name);
      expect(names).toEqual((await store.list()).map(({ name }) => name));
      expect(new Set(names).size).toBe(2000);
    });

    it("are looked at once for many who ask", async () => {
      await using database = await open();
      const store = new RouteStore(database, "org.clacks");
      const asked = vi.spyOn(store, "generation");
      const idle = { take: async () => [], ended: async () => undefined, onProblem: () => undefined };
      const reader = new RouteReader({ database, store, ...idle });
      await Promise.all(Array.from({ length: 100 }, () => reader.look()));
      expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
      const ordered = vi.spyOn(store, "state");
      await Promise.all(Array.from({ length: 100 }, () => reader.everywhere(0, false)));
      expect(ordered.mock.calls.length).toBeLessThan(10);
      await reader.stop();
    });

    it("makes none of a name whose queue is about to be emptied", async () => {
      await using database = await open();
      const store = new RouteStore(database, "org.clacks");
      const put = (timeoutMs = 60_000) => store.put("a", {}, { dryRun: false, timeoutMs });
      await put();
      await store.delete("a");
      await expect(put(1)).rejects.toMatchObject({
        code: "xqbus:timeout",
        message: expect.stringContaining("ends") as string,
      });
      await expect(store.delete("a")).rejects.toMatchObject({ code: "xqbus:timeout" });
      let isMade = false;
      const making = put().then((made) => ((isMade = true), made));
      expect(isMade).toBe(false);
      await store.ended("a");
      expect(await making).toMatchObject({ change: "created", route: { revision: 1 } });
      await store.delete("a");
      await store.interrupted("a");
      expect(await store.delete("a")).toMatchObject({ queue: "org.clacks.sub.a" });
      await store.interrupted("a");
      expect(await put()).toMatchObject({ change: "created", route: { revision: 2 } });
      await store.delete("a");
      await store.ended("a");
      await expect(store.delete("a")).rejects.toMatchObject({ code: "xqbus:unknown-name" });
    });

    it("knows the same as the database whatever happens in between, with and without order", async () => {
      await using database = await open();
      const store = new RouteStore(database, "org.clacks");
      const follower = new Follower(store, catalog);
      const change = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom("put", "put", "order", "delete"), fc.nat(3));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
          async (steps) => {
            for (const changes of steps) {
              for (const [name, kind, number] of changes) {
                const isThere = (await store.names()).has(name);
                if (kind === "delete") {
                  if (isThere) await store.delete(name);
                  await store.ended(name);
                  continue;
                }
                const isOrdered = isThere ? (await store.get(name)).orderBy !== undefined : kind === "order";
                const input = { xquery: `${number} = 1`, ...(isOrdered ? { orderBy: "group-id" as const } : {}) };
                await store.put(name, input, { dryRun: false });
              }
              await follower.follow();
              expect(follower.known).toEqual((await store.list()).map(told).sort());
            }
          },
        ),
        { numRuns: 40 },
      );
      await follower.routes.stop();
    });
  });
}

describe("routes of a process", () => {
  it("tell which of them can match no event of the catalog, and anew when that changes", async () => {
    using catalog = await loadCatalog({});
    let changed = (): void => undefined;
    let { model } = catalog;
    const watched = {
      get model() {
        return model;
      },
      onChange: (listener: () => void) => {
        changed = listener;
        return () => undefined;
      },
    };
    const routes = new Routes(watched);
    const route = (name: string, xquery: string) => ({
      ...{ name, xquery, queue: name, revision: 1, createdAt: 0, updatedAt: 0 },
    });
    const many = Array.from({ length: 120 }, (_, at) => route(`n${at}`, `/e:Event/e:NodeLeave/e:Id = "${at}"`));
    const leaving = [...many, route("call", "/e:Event/e:PhoneStatus"), route("odd", "((")];
    const none = (): Promise<never> => Promise.reject(new Error("nothing is missing"));
    const total = leaving.length;
    await routes.take(
      { generation: 1, changed: leaving, total, revisions: total },
      { names: none, changesAfter: none },
    );
    expect(routes.problems.map(([name]) => name)).toEqual(["odd"]);
    const folder = mkdtempSync(join(tmpdir(), "xqbus-routes-"));
    for (const file of ["Event.xsd", "PhoneStatus.xsd"]) copyFileSync(join("schemas/events", file), join(folder, file));
    using other = await loadCatalog({ directories: [folder] });
    rmSync(folder, { recursive: true });
    model = other.model;
    changed();
    await vi.waitFor(() => expect(routes.problems).toHaveLength(121), WAIT);
    await routes.stop();
  });
});
