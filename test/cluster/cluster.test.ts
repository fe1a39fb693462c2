import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { Cluster, CLUSTER_MIGRATIONS, preferredMember, type ClusterTables } from "../../src/cluster/index.ts";
import { openDatabase, type Database } from "../../src/database/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

/** As long as a test may take. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** A machine under load may keep a process waiting for a while. */
const QUICK = { heartbeatMs: 20, goneAfterMs: 3000 } as const;

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `processes of one bus on ${product.name}`, () => {
    let running: RunningProduct;
    let url: string;
    const open: { readonly cluster: Cluster; readonly database: Database<ClusterTables> }[] = [];

    beforeAll(async () => {
      running = await product.start();
    });
    afterAll(() => running.stop());
    afterEach(async () => {
      for (const { cluster, database } of open.splice(0)) {
        await cluster.close();
        await database.close();
      }
    });

    async function join(domain = "org.clacks", problems: XqbusError[] = []) {
      const database = await openDatabase<ClusterTables>(url, { migrations: CLUSTER_MIGRATIONS });
      const onProblem = (error: XqbusError): void => void problems.push(error);
      try {
        const cluster = await Cluster.open({ database, domain, release: "1.2.3", ...QUICK, onProblem });
        open.push({ cluster, database });
        return { cluster, database, problems };
      } catch (error) {
        await database.close();
        throw error;
      }
    }

    /** Who does what, by name; two at once are an error of the test. */
    function stage() {
      const doing = new Map<string, string>();
      const overlaps: string[] = [];
      const play = (cluster: Cluster, name: string): Promise<() => Promise<void>> =>
        cluster.hold(name, async (lost) => {
          if (doing.has(name)) overlaps.push(name);
          doing.set(name, cluster.id);
          const leave = (): void => {
            if (doing.get(name) === cluster.id) doing.delete(name);
          };
          lost.addEventListener("abort", leave);
          return async () => leave();
        });
      return { doing, overlaps, play };
    }

    it("divide what is to be done by one at a time, and take over what one did that goes", async () => {
      url = running.newUrl();
      const members = [await join(), await join(), await join()];
      const { doing, overlaps, play } = stage();
      const names = Array.from({ length: 60 }, (_, index) => `listener:${index}`);
      for (const { cluster } of members) for (const name of names) await play(cluster, name);
      const ids = members.map(({ cluster }) => cluster.id);
      const shared = (among: readonly string[]): readonly [string, string | undefined][] =>
        names.map((name) => [name, preferredMember(name, among)]);
      await eventually(() => expect([...doing].sort()).toEqual([...shared(ids)].sort()));
      expect(members.map(({ cluster }) => cluster.slot).sort()).toEqual([0, 1, 2]);
      expect(new Set(doing.values()).size).toBe(3);

      await members[0]?.cluster.close();
      await eventually(() => expect([...doing].sort()).toEqual([...shared(ids.slice(1))].sort()));
      expect(members[1]?.cluster.members.map(({ id, release }) => [id, release])).toEqual(
        ids.slice(1).map((id) => [id, "1.2.3"]),
      );
      expect(overlaps).toEqual([]);
    });

    it("take over from one that is not heard of any more, which ends its work itself", async () => {
      url = running.newUrl();
      const [first, second] = [await join(), await join()];
      const { doing, overlaps, play } = stage();
      for (const { cluster } of [first, second]) for (let n = 0; n < 20; n++) await play(cluster, `job:${n}`);
      await eventually(() => expect(new Set(doing.values()).size).toBe(2));
      await first.database.close();
      await eventually(() => expect([...doing.values()]).toEqual(Array(20).fill(second.cluster.id)));
      expect(first.cluster.isCurrent).toBe(false);
      expect(first.problems).toHaveLength(1);
      expect(first.problems[0]?.message).toMatch(/^the other processes cannot be heard of: .*; events wait on the bus/);
      expect(overlaps).toEqual([]);
    });

    it("leave a name to those that want it, and nobody does what nobody wants any more", async () => {
      url = running.newUrl();
      const [first, second] = [await join(), await join()];
      const { doing, play } = stage();
      const ends = [];
      for (let n = 0; n < 10; n++) ends.push(await play(second.cluster, `only-there-${n}`));
      await eventually(() => expect(second.cluster.held).toHaveLength(10));
      expect(first.cluster.held).toEqual([]);
      for (const end of ends) await end();
      expect([second.cluster.held, doing.size]).toEqual([[], 0]);
    });

    it("all know of a change when who made it goes on", async () => {
      url = running.newUrl();
      const members = [await join(), await join(), await join()];
      let truth = 0;
      const known = [-1, -1, -1];
      const announce = await Promise.all(
        members.map(({ cluster }, index) =>
          cluster.follow("listeners", async () => {
            known[index] = truth;
          }),
        ),
      );
      expect(known).toEqual([0, 0, 0]);
      for (truth = 1; truth <= 5; truth++) {
        await announce[truth % 3]?.();
        expect(known).toEqual([truth, truth, truth]);
      }
      // One that is gone is not waited for.
      await members[0]?.database.close();
      truth = 7;
      await announce[1]?.();
      expect(known.slice(1)).toEqual([7, 7]);
    });

    it("one that was given up comes back with nothing but what is true, and with another slot if need be", async () => {
      url = running.newUrl();
      const [lazy, other] = [await join(), await join()];
      let truth = 1;
      let known = 0;
      await lazy.cluster.follow("routes", async () => {
        known = truth;
      });
      const announce = await other.cluster.follow("routes", async () => undefined);
      const { doing, overlaps, play } = stage();
      await play(lazy.cluster, "job");
      await eventually(() => expect(doing.get("job")).toBe(lazy.cluster.id));
      await other.database.kysely.updateTable("member").set({ seen_at: 0 }).where("id", "=", lazy.cluster.id).execute();
      await other.database.kysely.deleteFrom("lease").execute();
      truth = 2;
      await announce();
      await eventually(() =>
        expect([known, doing.get("job"), lazy.cluster.isCurrent]).toEqual([2, lazy.cluster.id, true]),
      );
      expect(overlaps).toEqual([]);
    });

    it("a change that one cannot apply says who it is", async () => {
      url = running.newUrl();
      const [ill, other] = [await join(), await join()];
      let isIll = false;
      await ill.cluster.follow("routes", async () => {
        if (isIll) throw new Error("no memory");
      });
      const database = await openDatabase<ClusterTables>(url, { migrations: CLUSTER_MIGRATIONS });
      const impatient = await Cluster.open({
        database,
        domain: "org.clacks",
        release: "1",
        ...QUICK,
        applyTimeoutMs: 50,
      });
      open.push({ cluster: impatient, database });
      const announce = await impatient.follow("routes", async () => undefined);
      await other.cluster.follow("routes", async () => undefined);
      isIll = true;
      await expect(announce()).rejects.toMatchObject({
        code: "xqbus:timeout",
        message: `the change is stored, but ${ill.cluster.id} did not apply it within 50 ms; look at the log there`,
      });
      isIll = false;
      await eventually(() => expect(ill.cluster.failure).toBeUndefined());
    });

    it("are of one domain, and at most 64", async () => {
      url = running.newUrl();
      const { database, cluster } = await join();
      await expect(join("org.other")).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
        message: expect.stringMatching(
          / belongs to the domain org\.clacks, and this is org\.other: give each domain a database of its own/,
        ) as unknown,
      });
      const { seen_at: now } = await database.kysely.selectFrom("member").select("seen_at").executeTakeFirstOrThrow();
      const others = Array.from({ length: 63 }, (_, slot) => ({
        ...{ id: `m${slot}`, slot: slot + 1, started_at: now, seen_at: now + 60_000, release: "1", groups: "[]" },
      }));
      await database.kysely.insertInto("member").values(others).execute();
      await expect(join()).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
      expect(cluster.slot).toBe(0);
      await expect(
        Cluster.open({ database, domain: "d", release: "1", heartbeatMs: 100, goneAfterMs: 200 }),
      ).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
      });
    });
  });
}
