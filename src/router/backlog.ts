import type { RouterDatabase } from "./tables.ts";

/** A copy that waits for its queue. */
export interface Waiting {
  readonly id: number;
  readonly isUndecided: boolean;
  readonly message: Uint8Array;
}

/** What waits for one queue. */
export interface BacklogCount {
  readonly route: string;
  readonly waiting: number;
  readonly bytes: number;
  /** When the oldest came, ms since 1970. */
  readonly since: number;
  /** Why the last one is here. */
  readonly reason: string;
}

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
        rows: [[route, isUndecided ? 1 : 0, reason.slice(0, MAX_REASON), message, Date.now()]],
      },
    ]);
  }

  /** Routes that have something here. */
  async routes(): Promise<readonly string[]> {
    const rows = await this.#database.kysely.selectFrom("backlog").select("route").distinct().execute();
    return rows.map(({ route }) => route);
  }

  /** The oldest of a route. */
  async first(route: string, limit: number): Promise<readonly Waiting[]> {
    const rows = await this.#database.kysely
      .selectFrom("backlog")
      .select(["id", "is_undecided", "message"])
      .where("route", "=", route)
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map(({ id, is_undecided, message }) => ({ id, isUndecided: is_undecided === 1, message }));
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

  async counts(route?: string): Promise<readonly BacklogCount[]> {
    const { kysely, sql } = this.#database;
    let query = kysely
      .selectFrom("backlog")
      .select(["route", sql<number>`count(*)`.as("waiting"), sql<number>`sum(length(message))`.as("bytes")])
      .select(sql<number>`min(added_at)`.as("since"))
      .select(sql<number>`max(id)`.as("last"))
      .groupBy("route")
      .orderBy("route");
    if (route !== undefined) query = query.where("route", "=", route);
    const rows = await query.execute();
    const lasts = rows.map(({ last }) => Number(last));
    if (lasts.length === 0) return [];
    const reasons = await kysely.selectFrom("backlog").select(["route", "reason"]).where("id", "in", lasts).execute();
    const reasonOf = new Map(reasons.map(({ route: name, reason }) => [name, reason]));
    return rows.map(({ route: name, waiting, bytes, since }) => ({
      ...{ route: name, waiting: Number(waiting), bytes: Number(bytes), since: Number(since) },
      reason: reasonOf.get(name) ?? "",
    }));
  }
}
