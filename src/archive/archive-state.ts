import { migrationState, openDatabase, type DatabaseOptions, type MigrationState } from "../database/index.ts";
import { messageOf } from "../errors.ts";
import { ARCHIVE_MIGRATIONS } from "./migrations.ts";
import type { ArchiveTables } from "./tables.ts";

/** How the database of an archive is. */
export interface ArchiveState extends MigrationState {
  /** Whether a row can be changed; undefined where there is no table. */
  readonly isWritable: boolean | undefined;
  /** Why not. */
  readonly refusal: string | undefined;
  /** Bytes of the database's file, or of the archive's tables with their indexes. */
  readonly bytes: number;
}

/**
 * Looks at the database of an archive and changes nothing.
 *
 * @throws XqbusError as `openDatabase` says: `xqbus:unreadable` where there is no file
 */
export async function archiveState(url: string, options: Omit<DatabaseOptions, "migrations">): Promise<ArchiveState> {
  await using database = await openDatabase<ArchiveTables>(url, options);
  const { kysely, sql, product } = database;
  const { missing, unknown } = await migrationState(database, ARCHIVE_MIGRATIONS);
  const size =
    product === "sqlite"
      ? sql<{ bytes: number }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`
      : sql<{ bytes: number }>`select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint as bytes from pg_class c
          where c.relkind = 'r' and c.relname like 'archive\\_%' and c.relnamespace = current_schema()::regnamespace`;
  const bytes = (await size.execute(kysely)).rows[0]?.bytes ?? 0;
  const tables = await kysely.introspection.getTables();
  if (!tables.some(({ name }) => name === "archive_event"))
    return { missing, unknown, isWritable: undefined, refusal: undefined, bytes };
  try {
    // Asks for the right and the lock of writing, and touches no row.
    await kysely.deleteFrom("archive_event").where("id", "=", -1).execute();
    return { missing, unknown, isWritable: true, refusal: undefined, bytes };
  } catch (error) {
    return { missing, unknown, isWritable: false, refusal: messageOf(error), bytes };
  }
}
