import type { MovableTables } from "../../database/index.ts";
import type { AccessBook } from "./access-book.ts";
import { accessBookOf } from "./access-book-of.ts";
import { ACCESS_FILE, MIGRATIONS } from "./access-tables.ts";

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

/** API keys. The audit log is about the old daemon, and stays with it. */
export const ACCESS_TABLES: MovableTables = {
  ...{ title: "API keys", file: ACCESS_FILE, schema: SCHEMA },
  madeBy: MIGRATIONS,
  tables: [{ name: "api_key", key: ["id"] }],
  agreements: [],
  make: async (url) => (await openSharedAccessBook(url)).close(),
};
