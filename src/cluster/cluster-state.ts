import { databaseNow, migrationState, type Database } from "../database/index.ts";
import { CLUSTER_MIGRATIONS, CLUSTER_SCHEMA, type ClusterTables, type MemberRow } from "./tables.ts";

/** What the database of several processes says of them. */
export interface ClusterState {
  /** Steps of making its tables that a later release has done. */
  readonly unknown: readonly string[];
  /** That the database belongs to; undefined: no process was here. */
  readonly domain: string | undefined;
  /** Processes that were seen within the time. */
  readonly members: readonly Pick<MemberRow, "id" | "release">[];
  /** The clock of the database, in ms since 1970. */
  readonly now: number;
}

/**
 * Looks at the processes of a bus from outside, and changes nothing.
 *
 * @param goneAfterMs a process that said nothing for so long is gone
 * @throws those of databases
 */
export async function clusterState(database: Database<ClusterTables>, goneAfterMs: number): Promise<ClusterState> {
  const { missing, unknown } = await migrationState(database, CLUSTER_MIGRATIONS, CLUSTER_SCHEMA);
  const { rows } = await database.sql<{ now: number }>`SELECT ${databaseNow(database)} AS now`.execute(database.kysely);
  const now = Number(rows[0]?.now);
  if (missing.length > 0) return { unknown, domain: undefined, members: [], now };
  const tables = database.kysely.withSchema(CLUSTER_SCHEMA);
  const bus = await tables.selectFrom("bus").select("domain").executeTakeFirst();
  const members = await tables
    .selectFrom("member")
    .select(["id", "release"])
    .where("seen_at", ">", database.sql<number>`${databaseNow(database)} - ${goneAfterMs}`)
    .orderBy("slot")
    .execute();
  return { unknown, domain: bus?.domain, members, now };
}
