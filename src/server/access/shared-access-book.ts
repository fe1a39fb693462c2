import type { AccessBook } from "./access-book.ts";
import { accessBookOf } from "./access-book-of.ts";
import { MIGRATIONS } from "./access-tables.ts";

/** The schema that the tables are in. */
const SCHEMA = "xqbus_access";

/**
 * Keys and audit log that several daemons have, in PostgreSQL.
 *
 * @throws what `openDatabase` throws
 */
export async function openSharedAccessBook(url: string): Promise<AccessBook> {
  const { openPostgresRows } = await import("../../database/index.ts");
  // A connection that is lost is told by whoever wants to use the next one.
  return accessBookOf(await openPostgresRows(url, { schema: SCHEMA, scripts: MIGRATIONS, onError: () => undefined }));
}
