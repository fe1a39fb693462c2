import type { ProducerDefinition, WatchedTable } from "./producer-definition.ts";
import { OUTBOX, PRODUCERS, quotedName, quotedText, RELAY_LEASE, shortName } from "./sql-names.ts";

/** Columns of one json_object: functions of older releases take 127 arguments. */
const COLUMNS_AT_ONCE = 40;

/** What makes the outbox; done again it changes nothing. */
export const SQLITE_OUTBOX: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ${OUTBOX}(id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, routing_key TEXT, kind TEXT NOT NULL, body TEXT NOT NULL, made_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), reason TEXT)`,
  `CREATE TABLE IF NOT EXISTS ${PRODUCERS}(table_name TEXT PRIMARY KEY, definition TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS ${RELAY_LEASE}(id INTEGER PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL)`,
];

/** Takes it away again. */
export const SQLITE_NO_OUTBOX: readonly string[] = [OUTBOX, PRODUCERS, RELAY_LEASE].map(
  (table) => `DROP TABLE IF EXISTS ${table}`,
);

/** The triggers of a table, in place of those that were there. */
export function sqliteTriggers(table: WatchedTable, definition: ProducerDefinition): readonly string[] {
  const on = quotedName(table.name);
  const names = table.columns.map(({ name }) => name);
  const changed = names.map((name) => isChanged(name)).join(" OR ");
  const trigger = (kind: string, operation: string, when: string): string =>
    `CREATE TRIGGER ${triggerName(table.name, kind)} AFTER ${operation} ON ${on}${when} BEGIN ${insertOf(kind, names, definition)}; END`;
  return [
    ...withoutSqliteTriggers(table.name),
    trigger("store", "INSERT", ""),
    trigger("update", "UPDATE", ` WHEN ${changed}`),
    trigger("delete", "DELETE", ""),
  ];
}

/** Drops the triggers of a table. */
export function withoutSqliteTriggers(table: string): readonly string[] {
  return ["store", "update", "delete"].map((kind) => `DROP TRIGGER IF EXISTS ${triggerName(table, kind)}`);
}

function triggerName(table: string, kind: string): string {
  return quotedName(`xqbus_${kind}_${shortName(table.toLowerCase())}`);
}

function insertOf(
  kind: string,
  names: readonly string[],
  { prefix, domain, model, ...rest }: ProducerDefinition,
): string {
  const { guidColumns, mask } = rest;
  const row = kind === "delete" ? "old" : "new";
  const key = (of: string): string => `json_array(${guidColumns.map((name) => cell(of, name)).join(", ")})`;
  const chunks = [];
  for (let at = 0; at < names.length; at += COLUMNS_AT_ONCE) {
    const some = names.slice(at, at + COLUMNS_AT_ONCE);
    chunks.push(`json_object(${some.map((name) => `${quotedText(name)}, ${change(kind, name, mask)}`).join(", ")})`);
  }
  const oldKey = kind === "update" ? `, 'o', ${key("old")}` : "";
  const body = `json_object('d', ${quotedText(domain)}, 'm', ${quotedText(model)}, 'g', ${key(row)}${oldKey}, 'c', json_array(${chunks.join(", ")}))`;
  const routingKey = quotedText(`${prefix}.osis.${kind}.${domain}.${model}`);
  return `INSERT INTO ${OUTBOX}(message_id, routing_key, kind, body) VALUES(${UUID}, ${routingKey}, ${quotedText(kind)}, ${body})`;
}

/** What the outbox keeps of a column: null where it is as it was. */
function change(kind: string, name: string, mask: readonly string[]): string {
  if (mask.includes(name)) return kind === "update" ? `CASE WHEN ${isChanged(name)} THEN 'masked' END` : "'masked'";
  if (kind === "store") return `json_array(${cell("new", name)})`;
  if (kind === "delete") return `json_array(${cell("old", name)})`;
  return `json_array(${isChanged(name)}, ${cell("old", name)}, ${cell("new", name)})`;
}

/** By bytes, whatever the collation of the column. */
function isChanged(name: string): string {
  const column = quotedName(name);
  return `(old.${column} IS NOT new.${column} COLLATE BINARY)`;
}

/** A value as text with its kind before it: `t` text, `b` bytes in hexadecimal digits. */
function cell(row: string, name: string): string {
  const value = `${row}.${quotedName(name)}`;
  const short = `printf('%!.15g', ${value})`;
  const real = `CASE WHEN CAST(${short} AS REAL) = ${value} THEN ${short} ELSE printf('%!.17g', ${value}) END`;
  return `CASE typeof(${value}) WHEN 'null' THEN NULL WHEN 'blob' THEN 'b' || hex(${value}) WHEN 'real' THEN 't' || ${real} ELSE 't' || ${value} END`;
}

/** A random UUID (RFC 9562, version 4). */
const UUID =
  "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
