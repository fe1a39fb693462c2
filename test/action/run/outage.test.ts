import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { RunQueue, RunWorker, type NewRun } from "../../../src/action/run/index.ts";
import { openWorkDatabase, type WorkTables } from "../../../src/action/work-database.ts";
import type { Database } from "../../../src/database/index.ts";
import { POSTGRES, TestPostgres } from "../../helpers/postgres.ts";
import { describeWith } from "../../helpers/requirements.ts";

const LEASE_MS = 2000;
const RUN: NewRun = {
  ...{ kind: "action", subject: "s", name: "s", timeoutMs: 1000, retry: "1x" },
  ...{ event: { type: "rows", content: [] }, trigger: { kind: "http" } },
};

describeWith([POSTGRES], "runs while PostgreSQL is away", () => {
  let server: TestPostgres;
  let databases: readonly Database<WorkTables>[];
  let workers: readonly RunWorker[] = [];
  beforeAll(async () => {
    server = await TestPostgres.start();
    const url = server.newDatabase("work");
    databases = [await openWorkDatabase(url), await openWorkDatabase(url)];
  }, 120_000);
  afterAll(async () => {
    for (const worker of workers) await worker.stop({ timeoutMs: 0 });
    for (const database of databases) await database.close();
    server[Symbol.dispose]();
  });

  it("are done once by who does them for longer than a lease, although two processes wait to take them", async () => {
    const queues = databases.map((database) => new RunQueue(database));
    const [queue] = queues as [RunQueue];
    const begun: string[] = [];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const action = {
      run: async ({ step, id }: { readonly step: string | undefined; readonly id: string }) => {
        begun.push(id);
        if (step === "long") await released;
        return "done";
      },
    };
    workers = queues.map(
      (each) => new RunWorker({ queue: each, kinds: { action }, places: 2, leaseMs: LEASE_MS, pollMs: 100 }),
    );
    for (const worker of workers) await worker.start();
    const long: string[] = [];
    for (const parent of ["a", "b"]) long.push((await queue.record({ ...RUN, parent, step: "long" })).run.id);
    await vi.waitFor(() => expect(begun).toHaveLength(2), { timeout: 60_000 });

    server.kill();
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    server.restart();

    // Both have taken runs since, and those that they hold are still theirs.
    const next: string[] = [];
    await vi.waitFor(
      async () => {
        next.push((await queue.record(RUN)).run.id);
        expect(workers.map(({ failure }) => failure)).toEqual([undefined, undefined]);
        const states = await Promise.all(long.map(async (id) => (await queue.get(id)).dueAt ?? 0));
        expect(Math.min(...states)).toBeGreaterThan(queue.now);
      },
      { timeout: 120_000, interval: 200 },
    );
    release();
    for (const id of [...long, ...next]) {
      await vi.waitFor(async () => expect(await queue.get(id)).toMatchObject({ state: "succeeded" }), 60_000);
    }
    for (const id of long) expect(await queue.get(id)).toMatchObject({ attempts: 1, losses: 0 });
    expect(begun.filter((id) => long.includes(id))).toHaveLength(2);
  });
});
