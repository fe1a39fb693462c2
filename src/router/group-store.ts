import { databaseNow } from "../database/index.ts";
import { GROUP_INTERVAL_MS, REMEMBERED_ROUNDS, type HeardGroup } from "./group.ts";
import type { RouterDatabase } from "./tables.ts";

/** The id of a database's group of daemons, and which others were heard of. All daemons of the group see the same. */
export class GroupStore {
  readonly #database: RouterDatabase;

  constructor(database: RouterDatabase) {
    this.#database = database;
  }

  /** The id of this group. */
  async own(): Promise<string> {
    const query = this.#database.kysely.selectFrom("router_group").select("id").where("is_own", "=", 1);
    return (await query.executeTakeFirstOrThrow()).id;
  }

  /** Another group is there now. */
  async hear({ id, host, shared: names }: Omit<HeardGroup, "agoMs">): Promise<void> {
    const heard_at = databaseNow(this.#database);
    const shared = JSON.stringify(names);
    const row = this.#database.kysely.insertInto("router_group").values({ id, host, heard_at, is_own: 0, shared });
    await row
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet({ host, heard_at, shared }).where("router_group.is_own", "=", 0),
      )
      .execute();
  }

  /** Whether this is the id of another group that was heard of and is not forgotten. */
  async isOther(id: string): Promise<boolean> {
    const query = this.#database.kysely.selectFrom("router_group").select("id");
    return (await query.where("id", "=", id).where("is_own", "=", 0).executeTakeFirst()) !== undefined;
  }

  /** The groups that were heard of, the latest first. @param rememberedMs those that were not for so long are forgotten */
  async others(rememberedMs: number = GROUP_INTERVAL_MS * REMEMBERED_ROUNDS): Promise<readonly HeardGroup[]> {
    const ago = this.#database.sql<number>`${databaseNow(this.#database)} - heard_at`;
    const query = this.#database.kysely.selectFrom("router_group").select(["id", "host", "shared", ago.as("ago")]);
    const rows = await query
      .where("is_own", "=", 0)
      .where(ago, "<", rememberedMs)
      .orderBy("heard_at", "desc")
      .limit(MOST_GROUPS)
      .execute();
    return rows.map(({ id, host, shared, ago: agoMs }) => ({
      ...{ id, host, shared: JSON.parse(shared) as readonly string[] },
      agoMs: Math.max(0, Number(agoMs)),
    }));
  }

  /** Removes those that count as gone. */
  async forget(rememberedMs: number): Promise<void> {
    const ago = this.#database.sql<number>`${databaseNow(this.#database)} - heard_at`;
    await this.#database.kysely
      .deleteFrom("router_group")
      .where("is_own", "=", 0)
      .where(ago, ">=", rememberedMs)
      .execute();
  }
}

/** That anybody wants to see. */
const MOST_GROUPS = 100;
