import { openPostgresRows, type MovableTables, type RowStorage } from "../../database/index.ts";
import type { XqbusError } from "../../errors.ts";
import { randomTail } from "../object-id.ts";
import { MIGRATIONS, TAIL_INSERT } from "./tables.ts";

/** Name of the file in the folder of a daemon. */
export const STORE_FILE = "listeners.db";
/** The schema of PostgreSQL that the tables are in: their names are too common to be anywhere else. */
const SCHEMA = "xqbus_listener";

/** Opens the tables that several processes have, and makes them. @throws what `openDatabase` throws */
export function openSharedRows(url: string, onError: (error: XqbusError) => void): Promise<RowStorage> {
  const first = [{ sql: TAIL_INSERT, rows: [[randomTail()]] }];
  return openPostgresRows(url, { schema: SCHEMA, scripts: MIGRATIONS, onError, first });
}

/** Listeners with what waits for them, their dead letters and records. Ids stay the same with the end that they have in common. */
export const LISTENER_TABLES: MovableTables = {
  ...{ title: "listeners", file: STORE_FILE, schema: SCHEMA },
  madeBy: MIGRATIONS,
  tables: [
    { name: "listener", key: ["number"] },
    { name: "listener_count", key: ["listener"] },
    { name: "event", key: ["number"], pageRows: 50 },
    { name: "delivery", key: ["number"] },
    { name: "attempt", key: ["delivery", "number"] },
  ],
  agreements: [],
  mark: { table: "store", column: "tail" },
  make: async (url) => (await openSharedRows(url, () => undefined)).close(),
};
