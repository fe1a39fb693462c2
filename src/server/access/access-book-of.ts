import { randomBytes } from "node:crypto";
import type { RowStorage } from "../../database/index.ts";
import type { SqlRow, SqlValue } from "../../storage/index.ts";
import type { AuditEntry } from "../api-client/index.ts";
import type { AccessBook, KeptKey } from "./access-book.ts";
import { SIGNING_KEY_BYTES } from "./signing-key.ts";

/** Rows of keys at most; a person makes them. */
const MAX_KEYS = 10_000;
const ADD_KEY = "INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?)";
const FIRST_KEY = "INSERT INTO setting VALUES ('first-key', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
/** What a query of the audit log may ask, as SQL. */
const CONDITIONS = [
  ["who", "who = ?"],
  ["action", "action = ?"],
  ["target", "target = ?"],
  ["before", "id < ?"],
] as const;

/** The book whose rows are in a storage. Closes the storage when it cannot be read. */
export async function accessBookOf(storage: RowStorage): Promise<AccessBook> {
  try {
    return bookOf(storage, await signingKeyOf(storage));
  } catch (error) {
    await storage.close();
    throw error;
  }
}

function bookOf(storage: RowStorage, signingKey: Uint8Array): AccessBook {
  const write = (sql: string, ...row: readonly SqlValue[]): Promise<void> => storage.write([{ sql, rows: [row] }]);
  return {
    signingKey,
    keys: async () => (await storage.read("SELECT * FROM api_key LIMIT ?", [MAX_KEYS])).map(keyOf),
    addKey: (key) => storage.write([{ sql: ADD_KEY, rows: [rowOf(key)] }]),
    addFirstKey: async (key) => {
      const { id } = key;
      await storage.write([
        // Others who do the same wait for this row.
        { sql: FIRST_KEY, rows: [[Buffer.from(id)]] },
        { sql: ADD_KEY, rows: [rowOf(key)] },
        { sql: "DELETE FROM api_key WHERE id = ? AND EXISTS (SELECT 1 FROM api_key WHERE id <> ?)", rows: [[id, id]] },
      ]);
      return (await storage.read("SELECT id FROM api_key WHERE id = ?", [id])).length > 0;
    },
    deleteKey: (id) => write("DELETE FROM api_key WHERE id = ?", id),
    addAudit: ({ at, who, action, target, outcome, details }) =>
      write(
        "INSERT INTO audit (at, who, action, target, outcome, details) VALUES (?, ?, ?, ?, ?, ?)",
        ...[at, who, action, target, outcome, JSON.stringify(details)],
      ),
    audit: async ({ limit, ...query }) => {
      const asked = CONDITIONS.filter(([name]) => query[name] !== undefined);
      const where = asked.length === 0 ? "" : `WHERE ${asked.map(([, condition]) => condition).join(" AND ")}`;
      const values = asked.map(([name]) => query[name] ?? null);
      const rows = await storage.read(`SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ?`, [...values, limit]);
      return rows.map(entryOf);
    },
    tidyAudit: async (before, maxEntries) => {
      const beyond = "SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?";
      await storage.write([
        { sql: "DELETE FROM audit WHERE at < ?", rows: [[before]] },
        { sql: `DELETE FROM audit WHERE id <= (${beyond})`, rows: [[maxEntries]] },
      ]);
    },
    close: () => storage.close(),
  };
}

async function signingKeyOf(storage: RowStorage): Promise<Uint8Array> {
  const made = randomBytes(SIGNING_KEY_BYTES);
  await storage.write([
    { sql: "INSERT INTO setting VALUES ('signing-key', ?) ON CONFLICT DO NOTHING", rows: [[made]] },
  ]);
  const [row] = await storage.read("SELECT value FROM setting WHERE name = 'signing-key'");
  return row?.["value"] as Uint8Array;
}

function rowOf({ id, name, scopes, salt, hash, createdAt }: KeptKey): readonly SqlValue[] {
  return [id, name, JSON.stringify(scopes), salt, hash, createdAt];
}

function keyOf(row: SqlRow): KeptKey {
  return {
    id: row["id"] as string,
    name: row["name"] as string,
    scopes: JSON.parse(row["scopes"] as string) as readonly string[],
    salt: row["salt"] as Uint8Array,
    hash: row["hash"] as Uint8Array,
    createdAt: Number(row["created_at"]),
  };
}

function entryOf(row: SqlRow): AuditEntry {
  return {
    id: Number(row["id"]),
    at: Number(row["at"]),
    who: row["who"] as string,
    action: row["action"] as string,
    target: row["target"] as string,
    outcome: row["outcome"] as string,
    details: JSON.parse(row["details"] as string) as Readonly<Record<string, unknown>>,
  };
}
