import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { Cluster, CLUSTER_MIGRATIONS, type ClusterTables } from "../../src/cluster/index.ts";
import { openDatabase, type Database, type DatabaseOptions } from "../../src/database/index.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith } from "../helpers/requirements.ts";
import { TcpProxy } from "../helpers/tcp-proxy.ts";

const UNAVAILABLE = { code: "xqbus:database-unavailable" };
const LIMITS = { answerTimeoutMs: 500, connectTimeoutMs: 500, signalCheckMs: 300, maxConnections: 2 } as const;
const WAIT = { timeout: 20_000, interval: 20 };

describeWith([POSTGRES], "a PostgreSQL that is gone without a word", () => {
  let server: TestPostgres;
  let proxy: TcpProxy;
  let databases = 0;
  beforeAll(async () => {
    server = await TestPostgres.start();
  }, 60_000);
  afterAll(() => server[Symbol.dispose]());
  afterEach(() => proxy.close());

  async function open<S>(options: DatabaseOptions = {}): Promise<Database<S>> {
    const url = server.newDatabase(`silent${++databases}`);
    proxy = await TcpProxy.start(Number(new URL(url).port));
    return openDatabase<S>(proxy.through(url), { ...LIMITS, ...options });
  }

  it("fails statements, transactions and inserts within the limit, and is found again", async () => {
    await using database = await open<{ readonly line: { readonly id: number } }>();
    const { sql, kysely } = database;
    await sql`CREATE TABLE line(id BIGINT PRIMARY KEY)`.execute(kysely);
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => sql`SELECT 1`.execute(kysely),
      () =>
        kysely.transaction().execute(async (transaction) => {
          await sql`INSERT INTO line VALUES(1)`.execute(transaction);
          proxy.behave({ swallows: true });
          await sql`INSERT INTO line VALUES(2)`.execute(transaction);
        }),
      () => database.insert([{ table: "line", columns: { id: "bigint" }, rows: [[3]] }]),
    ];
    for (const attempt of attempts) {
      proxy.behave({});
      await sql`SELECT 1`.execute(kysely);
      const made = proxy.made;
      if (attempt !== attempts[1]) proxy.behave({ swallows: true });
      await expect(attempt()).rejects.toMatchObject(UNAVAILABLE);
      // Nobody is given a connection on which an answer is outstanding.
      proxy.behave({});
      await vi.waitFor(() => sql`SELECT count(*) FROM line`.execute(kysely), WAIT);
      expect(proxy.made).toBeGreaterThan(made);
    }
    const { rows } = await sql<{ readonly id: number }>`SELECT id FROM line ORDER BY id`.execute(kysely);
    // What was swallowed was not done, and a transaction is nothing or all of it.
    expect(rows.map(({ id }) => id).filter((id) => id < 3)).toEqual([]);
  }, 60_000);

  it("is noticed by those that only hear, who are told that they may have missed something", async () => {
    const lost = vi.fn();
    await using database = await open({ onError: lost });
    const hear = vi.fn();
    await database.hear("runs", hear);
    proxy.behave({ swallows: true });
    await vi.waitFor(() => expect(lost).toHaveBeenCalled(), WAIT);
    expect(lost.mock.calls[0]?.[0]).toMatchObject(UNAVAILABLE);
    proxy.behave({});
    await vi.waitFor(() => expect(hear).toHaveBeenCalledWith(undefined), WAIT);
    hear.mockClear();
    await vi.waitFor(async () => {
      await database.signal("runs", "1");
      expect(hear).toHaveBeenCalledWith("1");
    }, WAIT);
  }, 60_000);

  it("makes a process end what it has a lease of in time, and come back", async () => {
    const database = await open<ClusterTables>({ migrations: CLUSTER_MIGRATIONS });
    const cluster = await Cluster.open({
      ...{ database, domain: "org.clacks", release: "1", heartbeatMs: 50, goneAfterMs: 3000 },
    });
    try {
      const said: string[] = [];
      await cluster.hold("job", async (lost) => {
        said.push("begun");
        lost.addEventListener("abort", () => said.push("lost"));
        return async () => void said.push("ended");
      });
      await vi.waitFor(() => expect(said).toEqual(["begun"]), WAIT);
      proxy.behave({ swallows: true });
      await vi.waitFor(() => expect(said).toEqual(["begun", "lost", "ended"]), WAIT);
      await vi.waitFor(() => expect(cluster.isCurrent).toBe(false), WAIT);
      proxy.behave({});
      await vi.waitFor(() => expect([said.at(-1), cluster.isCurrent]).toEqual(["begun", true]), WAIT);
    } finally {
      await cluster.close();
      await database.close();
    }
  }, 60_000);
});
