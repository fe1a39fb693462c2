import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { Cluster, CLUSTER_MIGRATIONS, preferredMember, type ClusterTables } from "../../src/cluster/index.ts";
import { openDatabase, type Database } from "../../src/database/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** Long enough for a machine under load, and short enough to be waited for. */
const GONE_AFTER_MS = 3000;
const LONGER_MS = 6000;
const NAMES = Array.from({ length: 20 }, (_, index) => `job:${index}`);

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `work that takes its time, on ${product.name}`, () => {
    let running: RunningProduct;
    let url: string;
    const open: { readonly cluster: Cluster; readonly database: Database<ClusterTables> }[] = [];
    let letGo: () => void = () => undefined;

    beforeAll(async () => {
      running = await product.start();
    });
    afterAll(() => running.stop());
    afterEach(async () => {
      letGo();
      for (const { cluster, database } of open.splice(0)) {
        await cluster.close();
        await database.close();
      }
    });

    async function join(applyTimeoutMs = 10_000): Promise<Cluster> {
      const database = await openDatabase<ClusterTables>(url, { migrations: CLUSTER_MIGRATIONS });
      const cluster = await Cluster.open({
        ...{ database, domain: "org.clacks", release: "1", heartbeatMs: 20 },
        ...{ goneAfterMs: GONE_AFTER_MS, applyTimeoutMs },
      });
      open.push({ cluster, database });
      return cluster;
    }

    const blocked = (): Promise<void> => new Promise((resolve) => (letGo = resolve));

    /** Looks again and again for longer than a process may be silent. */
    async function always(check: () => void): Promise<void> {
      const end = performance.now() + LONGER_MS;
      while (performance.now() < end) {
        check();
        await sleep(20);
      }
    }

    it("is not given to others before it has ended, and keeps nothing else waiting", async () => {
      url = running.newUrl();
      const first = await join();
      const wait = blocked();
      const doing = new Map<string, string>();
      const lost: string[] = [];
      const ended: string[] = [];
      const play = async (cluster: Cluster, name: string, end: () => Promise<void>): Promise<void> => {
        await cluster.hold(name, async (signal) => {
          expect(doing.get(name)).toBeUndefined();
          doing.set(name, cluster.id);
          signal.addEventListener("abort", () => lost.push(name));
          return async () => {
            await end();
            doing.delete(name);
            ended.push(name);
          };
        });
      };
      for (const name of NAMES) await play(first, name, () => wait);
      await eventually(() => expect(first.held).toEqual([...NAMES].sort()));

      const second = await join();
      for (const name of NAMES) await play(second, name, async () => undefined);
      const moving = NAMES.filter((name) => preferredMember(name, [first.id, second.id]) === second.id);
      await eventually(() => expect([...lost].sort()).toEqual([...moving].sort()));
      await always(() => {
        expect([first.isCurrent, second.isCurrent]).toEqual([true, true]);
        expect(first.held).toEqual([...NAMES].sort());
        expect(second.members.map(({ id }) => id)).toContain(first.id);
        expect(second.held).toEqual([]);
      });
      letGo();
      await eventually(() => expect(second.held).toEqual([...moving].sort()));
      expect([...ended].sort()).toEqual([...moving].sort());
    });

    it("that begins slowly keeps neither membership nor other work waiting", async () => {
      url = running.newUrl();
      const only = await join();
      const wait = blocked();
      const begun: string[] = [];
      await only.hold("slow", async () => {
        await wait;
        begun.push("slow");
        return async () => undefined;
      });
      await eventually(() => expect(only.held).toEqual(["slow"]));
      await only.hold("quick", async () => {
        begun.push("quick");
        return async () => undefined;
      });
      await always(() => expect(only.isCurrent).toBe(true));
      expect(begun).toEqual(["quick"]);
    });

    it("of applying a change makes nobody fall out, and the change is not known there", async () => {
      url = running.newUrl();
      const [slow, other] = [await join(), await join(300)];
      const applied: number[] = [];
      let truth = 1;
      let wait: Promise<void> | undefined;
      await slow.follow("routes", async () => {
        const seen = truth;
        await wait;
        applied.push(seen);
      });
      let keys = 0;
      await slow.follow("keys", async () => void keys++);
      const announce = await other.follow("routes", async () => undefined);
      const announceKeys = await other.follow("keys", async () => undefined);
      await slow.hold("job", async () => async () => undefined);
      await eventually(() => expect(slow.held).toEqual(["job"]));
      applied.length = 0;
      wait = blocked();
      truth = 2;
      await expect(announce()).rejects.toMatchObject({
        code: "xqbus:timeout",
        message: expect.stringContaining(slow.id) as unknown,
      });
      await always(() => {
        expect(other.members.map(({ id }) => id)).toContain(slow.id);
        expect(slow.held).toEqual(["job"]);
      });
      // Another topic is not held up.
      const before = keys;
      await announceKeys();
      expect(keys).toBeGreaterThan(before);
      expect(applied).toEqual([]);
      letGo();
      wait = undefined;
      await eventually(() => expect(applied).toEqual([2]));
      await announce();
    });

    it("that goes on when its process was given up is told so at once, and the process is current when it has caught up", async () => {
      url = running.newUrl();
      const [lazy, other] = [await join(), await join()];
      let isAsked = false;
      let wait: Promise<void> | undefined;
      await lazy.follow("routes", async () => {
        isAsked = true;
        await wait;
      });
      const lost: boolean[] = [];
      await lazy.hold("job", async (signal) => {
        signal.addEventListener("abort", () => lost.push(true));
        return async () => undefined;
      });
      await eventually(() => expect(lazy.held).toEqual(["job"]));
      isAsked = false;
      wait = blocked();
      const { database } = open[1] ?? {};
      await database?.kysely.updateTable("change_topic").set({ version: 1 }).execute();
      // Again and again: on a slow machine it may be away just then, by itself.
      await eventually(async () => {
        await database?.kysely.updateTable("member").set({ seen_at: 0 }).where("id", "=", lazy.id).execute();
        expect([isAsked, lost.length > 0, lazy.isCurrent]).toEqual([true, true, false]);
      });
      const announce = await other.follow("routes", async () => undefined);
      const announced = announce();
      await sleep(GONE_AFTER_MS);
      expect(lazy.isCurrent).toBe(false);
      letGo();
      wait = undefined;
      await announced;
      await eventually(() => expect(lazy.isCurrent).toBe(true));
    });

    it("that never ends does not keep a process from lettting others be when it closes", async () => {
      url = running.newUrl();
      const only = await join(100);
      const waits: Promise<void>[] = [];
      const announce = await only.follow("routes", async () => waits[0]);
      waits.push(blocked());
      await expect(announce()).rejects.toMatchObject({ message: expect.stringContaining(only.id) as unknown });
      await only.close();
      expect(only.isCurrent).toBe(false);
    });
  });
}
