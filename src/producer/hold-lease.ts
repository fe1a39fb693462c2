import { randomUUID } from "node:crypto";
import type { ForeignDatabase } from "./describe-table.ts";
import { OUTBOX, RELAY_LEASE } from "./sql-names.ts";

/** The place of the one relay that works, while it has it. */
export interface Lease {
  /** What the relay works with: where PostgreSQL's lock is held, it is this connection's. */
  readonly kysely: ForeignDatabase["kysely"];
  /** @returns false: another relay has taken the place */
  readonly renew: () => Promise<boolean>;
}

/** How long the place of an SQLite relay is its own without a sign of it, in ms. */
const LEASE_MS = 5_000;

/**
 * Does the work while no other relay works on the database. PostgreSQL: a lock of the session, which ends with the connection, however that
 * ends. SQLite: a row with a time, which is renewed.
 *
 * @returns false: another relay works
 */
export async function holdLease(database: ForeignDatabase, work: (lease: Lease) => Promise<void>): Promise<boolean> {
  return database.product === "postgres" ? holdLock(database, work) : holdRow(database, work);
}

async function holdLock({ kysely, sql }: ForeignDatabase, work: (lease: Lease) => Promise<void>): Promise<boolean> {
  return kysely.connection().execute(async (connection) => {
    const key = sql`hashtextextended('xqbus relay ' || to_regclass(${OUTBOX})::oid::text, 0)`;
    const { rows } = await sql<{ readonly ok: boolean }>`SELECT pg_try_advisory_lock(${key}) AS ok`.execute(connection);
    if (rows[0]?.ok !== true) return false;
    try {
      await work({ kysely: connection, renew: async () => true });
    } finally {
      // Fails with the connection only, and the lock is gone with that.
      await sql`SELECT pg_advisory_unlock(${key})`.execute(connection).catch(() => undefined);
    }
    return true;
  });
}

async function holdRow({ kysely, sql }: ForeignDatabase, work: (lease: Lease) => Promise<void>): Promise<boolean> {
  const holder = randomUUID();
  let until = 0;
  const take = async (): Promise<boolean> => {
    const now = Date.now();
    // Time enough for what is under way.
    if (until - now > (LEASE_MS * 2) / 3) return true;
    const end = now + LEASE_MS;
    const { numAffectedRows } = await sql`
      INSERT INTO ${sql.table(RELAY_LEASE)}(id, holder, until) VALUES (1, ${holder}, ${end})
      ON CONFLICT(id) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE holder = excluded.holder OR until < ${now} OR until > ${now + LEASE_MS}`.execute(kysely);
    const isMine = Number(numAffectedRows ?? 0) > 0;
    if (isMine) until = end;
    return isMine;
  };
  if (!(await take())) return false;
  try {
    await work({ kysely, renew: take });
  } finally {
    await sql`DELETE FROM ${sql.table(RELAY_LEASE)} WHERE holder = ${holder}`.execute(kysely).catch(() => undefined);
  }
  return true;
}
