import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { RunQueue, type NewRun } from "../../../src/action/run/index.ts";
import { longestDue, type DueChoice } from "../../../src/action/run/due-runs.ts";
import { openWorkDatabase, type WorkTables } from "../../../src/action/work-database.ts";
import type { Database } from "../../../src/database/index.ts";
import { DATABASE_PRODUCTS } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const RUN: NewRun = {
  ...{ kind: "action", subject: "b", name: "b", timeoutMs: 1000, retry: "1x" },
  ...{ event: { type: "rows", content: [] }, trigger: { kind: "http" } },
};
const BACKLOG = 3000;
const ALL = { kind: "action", full: [], held: [], takesLost: true };

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `runs that are due in ${product.name}`, () => {
    let products: { readonly newUrl: () => string; readonly stop: () => void };
    let database: Database<WorkTables>;
    let queue: RunQueue;
    beforeAll(async () => void (products = await product.start()), 60_000);
    afterAll(() => products.stop());
    beforeEach(async () => {
      database = await openWorkDatabase(products.newUrl());
      queue = new RunQueue(database);
    });
    afterEach(() => database.close());

    const plan = async (choice: Partial<DueChoice>): Promise<string> => {
      const { kysely, sql } = database;
      const all = { ...ALL, now: queue.now + 1e6, ...choice };
      const explain = product.name === "SQLite" ? sql`EXPLAIN QUERY PLAN ` : sql`EXPLAIN `;
      const { rows } = await sql<Readonly<Record<string, unknown>>>`${explain}${longestDue(sql, all)}`.execute(kysely);
      return rows.map((row) => String(row["detail"] ?? row["QUERY PLAN"])).join("\n");
    };
    const fill = async (): Promise<void> => {
      const { run } = await queue.record(RUN);
      const row = await database.kysely
        .selectFrom("run")
        .selectAll()
        .where("id", "=", run.id)
        .executeTakeFirstOrThrow();
      const rows = Array.from({ length: BACKLOG }, (_, index) => {
        const id = `r${String(index).padStart(23, "0")}`;
        return { ...row, id, idempotency_key: id, due_at: (row.due_at ?? 0) + index };
      });
      for (let from = 0; from < BACKLOG; from += 500)
        await database.kysely
          .insertInto("run")
          .values(rows.slice(from, from + 500))
          .execute();
      await database.sql`ANALYZE`.execute(database.kysely);
    };

    it("are found by an index, in the order in which they are taken, however many wait", async () => {
      await fill();
      for (const choice of [{}, { held: ["x"] }, { takesLost: false }, { kind: "workflow" }]) {
        const shown = await plan(choice);
        expect(shown).toContain("run_by_turn");
        expect(shown).not.toMatch(/SCAN run\b|Seq Scan on run\b|Sort|TEMP B-TREE FOR ORDER BY/);
      }
    });

    it("are found by an index past any number of those whose subject is full", async () => {
      await fill();
      const { id } = (await queue.record({ ...RUN, subject: "c", dueAt: queue.now })).run;
      const { kysely, sql } = database;
      for (const choice of [{}, { held: ["x"] }, { takesLost: false }]) {
        const all = { ...ALL, now: queue.now + 1e6, full: ["a", "b"], ...choice };
        const { rows } = await longestDue(sql, all).execute(kysely);
        expect(rows).toEqual([expect.objectContaining({ id, subject: "c" })]);
        const shown = await plan(all);
        expect(new Set(shown.match(/run_by_\w+/g)), shown).toEqual(new Set(["run_by_subject_turn"]));
      }
      expect((await longestDue(sql, { ...ALL, now: queue.now, full: ["b", "c"] }).execute(kysely)).rows).toEqual([]);
    });

    it("are taken in their order, without those whose subject is full", async () => {
      const dueAt = queue.now - 1000;
      const record = async (subject: string, after: number): Promise<string> =>
        (await queue.record({ ...RUN, subject, dueAt: dueAt + after })).run.id;
      const [b1, b2, a1, c1, a2] = [
        ...[
          await record("b", 1),
          await record("b", 2),
          await record("a", 3),
          await record("c", 4),
          await record("a", 5),
        ],
      ];
      await queue.record({ ...RUN, subject: "d", dueAt: queue.now + 1e6 });
      const take = async (concurrency: ReadonlyMap<string, number>): Promise<readonly string[]> => {
        const claimed = await queue.claim({ leaseMs: 60_000, most: 3, kinds: ["action"], concurrency });
        return claimed.map(({ run }) => run.id);
      };
      expect(await take(new Map([["b", 1]]))).toEqual([b1, a1, c1]);
      expect(
        await take(
          new Map([
            ["b", 1],
            ["a", 1],
          ]),
        ),
      ).toEqual([]);
      expect(await take(new Map([["b", 1]]))).toEqual([a2]);
      expect(await take(new Map())).toEqual([b2]);
    });
  });
}
