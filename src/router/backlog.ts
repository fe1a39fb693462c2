import { databaseNow, type RawBuilder } from "../database/index.ts";
import type { RouterDatabase } from "./tables.ts";

/** A copy that waits for its queue. */
export interface Waiting {
  readonly id: number;
  readonly isUndecided: boolean;
  /** Why it is here, as of the latest attempt. */
  readonly reason: string;
  readonly message: Uint8Array;
}

/** What waits for one queue. */
export interface BacklogCount {
  readonly route: string;
  readonly waiting: number;
  readonly bytes: number;
  /** When the oldest came, ms since 1970. */
  readonly since: number;
  /** Why the first one is here, as of the latest attempt. */
  readonly reason: string;
  /** Whether the route wants the first one is not known yet. */
  readonly isUndecided: boolean;
}

/** Copies that are read at a time: so many, and no more bytes than that, or one. */
export const PAGE_ROWS = 100;
export const PAGE_BYTES: number = 1024 * 1024;

/** Rows that one statement removes, which ends in time whatever a row weighs. */
const REMOVED_AT_ONCE = 1000;
const MAX_REASON = 1000;

/** Copies of messages that their queues did not take: in the database, so that they can be told to the bus as delivered. */
export class Backlog {
  readonly #database: RouterDatabase;

  constructor(database: RouterDatabase) {
    this.#database = database;
  }

  /** Resolves when it is on disk. */
  async add(route: string, message: Uint8Array, reason: string, isUndecided = false): Promise<void> {
    await this.#database.insert([
      {
        table: "backlog",
        columns: { route: "text", is_undecided: "bigint", reason: "text", message: "bytea", added_at: "bigint" },
        rows: [[route, isUndecided ? 1 : 0, storedReason(reason, isUndecided), message, Date.now()]],
      },
    ]);
  }

  /** Routes that have something here, however much that is. */
  async routes(): Promise<readonly string[]> {
    const { kysely, sql } = this.#database;
    const { rows } = await sql<{
      readonly route: string;
    }>`${this.#waiting} SELECT route FROM waiting WHERE route IS NOT NULL`.execute(kysely);
    return rows.map(({ route }) => route);
  }

  /** The oldest of a route behind one of them, by default of all; as many as {@link PAGE_BYTES} allow. */
  async page(route: string, after = 0, most: number = PAGE_ROWS): Promise<readonly Waiting[]> {
    const { kysely, sql } = this.#database;
    const sizes = await kysely
      .selectFrom("backlog")
      .select(["id", sql<number>`length(message)`.as("bytes")])
      .where("route", "=", route)
      .where("id", ">", after)
      .orderBy("id")
      .limit(most)
      .execute();
    const ids = withinPage(sizes);
    if (ids.length === 0) return [];
    const rows = await kysely
      .selectFrom("backlog")
      .select(["id", "is_undecided", "reason", "message"])
      .where("id", "in", ids)
      .orderBy("id")
      .execute();
    return rows.map(({ is_undecided, ...row }) => ({ ...row, isUndecided: is_undecided === 1 }));
  }

  /** Says why a copy is still here. */
  async explain({ id, reason: known }: Waiting, reason: string, isUndecided: boolean): Promise<void> {
    const stored = storedReason(reason, isUndecided);
    if (stored === known) return;
    await this.#database.kysely.updateTable("backlog").set({ reason: stored }).where("id", "=", id).execute();
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#database.kysely.deleteFrom("backlog").where("id", "in", ids).execute();
  }

  /** @returns how many there were */
  async removeAll(route: string): Promise<number> {
    const [deleted] = await this.#database.kysely.deleteFrom("backlog").where("route", "=", route).execute();
    return Number(deleted?.numDeletedRows ?? 0);
  }

  /**
   * Removes what waits for routes that are not there, or that ended without their end being finished. What a route leaves that ends at the
   * moment is left to whoever ends it.
   *
   * @returns how many there were, by the names of the routes
   */
  async removeLeft(): Promise<ReadonlyMap<string, number>> {
    const { kysely, sql } = this.#database;
    const removed = new Map<string, number>();
    for (let count = REMOVED_AT_ONCE; count === REMOVED_AT_ONCE;) {
      // One statement: a route that is made meanwhile has none of the rows that it sees.
      const { rows } = await sql<{ readonly route: string }>`${this.#waiting} DELETE FROM backlog WHERE id IN (
          SELECT backlog.id FROM waiting JOIN backlog ON backlog.route = waiting.route
          WHERE NOT EXISTS (SELECT 1 FROM route WHERE route.name = waiting.route)
            AND NOT EXISTS (SELECT 1 FROM route_end WHERE route_end.name = waiting.route AND route_end.until > ${databaseNow(this.#database)})
          LIMIT ${REMOVED_AT_ONCE}
        ) RETURNING route`.execute(kysely);
      for (const { route } of rows) removed.set(route, (removed.get(route) ?? 0) + 1);
      count = rows.length;
    }
    return removed;
  }

  /** What waits for each route, or for one. Counts all rows. */
  async counts(route?: string): Promise<readonly BacklogCount[]> {
    const { kysely, sql } = this.#database;
    let counting = kysely
      .selectFrom("backlog")
      .select([sql<number>`count(*)`.as("waiting"), sql<number>`sum(length(message))`.as("bytes")])
      .select([sql<number>`min(added_at)`.as("since"), sql<number>`min(id)`.as("first")])
      .groupBy("route");
    if (route !== undefined) counting = counting.where("route", "=", route);
    const rows = await kysely
      .selectFrom(counting.as("counted"))
      .innerJoin("backlog", "backlog.id", "counted.first")
      .select(["backlog.route", "backlog.reason", "backlog.is_undecided"])
      .select(["counted.waiting", "counted.bytes", "counted.since"])
      .orderBy("backlog.route")
      .execute();
    return rows.map(({ route: name, waiting, bytes, since, reason, is_undecided }) => ({
      ...{ route: name, waiting: Number(waiting), bytes: Number(bytes), since: Number(since) },
      ...{ reason, isUndecided: is_undecided === 1 },
    }));
  }

  /** The names of routes from one to the next, as an index leads to them: however many rows each has. */
  get #waiting(): RawBuilder<unknown> {
    const { sql } = this.#database;
    return sql`WITH RECURSIVE waiting(route) AS (
      SELECT (SELECT route FROM backlog ORDER BY route LIMIT 1)
      UNION ALL
      SELECT (SELECT backlog.route FROM backlog WHERE backlog.route > waiting.route ORDER BY backlog.route LIMIT 1)
      FROM waiting WHERE waiting.route IS NOT NULL
    )`;
  }
}

/** As a text that every database takes. */
function storedReason(reason: string, isUndecided: boolean): string {
  const text = isUndecided ? `it is not known yet whether the route wants it: ${reason}` : reason;
  return text.replaceAll("\0", "\uFFFD").slice(0, MAX_REASON);
}

function withinPage(sizes: readonly { readonly id: number; readonly bytes: number }[]): readonly number[] {
  let sum = 0;
  const isOver = sizes.findIndex(({ bytes }) => (sum += bytes) > PAGE_BYTES);
  return sizes.slice(0, isOver === -1 ? sizes.length : Math.max(1, isOver)).map(({ id }) => id);
}
