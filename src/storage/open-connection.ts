import { XqbusError } from "../errors.ts";
import type { SqlConnection, SqlDriver, SqlRow } from "./driver.ts";
import { storageError } from "./storage-error.ts";
import { PAGE_BYTES } from "./storage-setup.ts";
import type { StorageSetup, StorageUse } from "./storage-setup.ts";
import { inspectWal } from "./inspect-wal.ts";

const DEFAULT_BUSY_TIMEOUT_MS = 1000;
/** Pages of the log at which a commit itself moves them into the file; the session does so before, between two transactions. */
const LOG_LIMIT_PAGES = 4000;

/** What of its log SQLite keeps on disk for later use; one transaction that is larger makes it longer until the next one but one. */
const MAX_LOG_BYTES: number = 8 * 1024 * 1024;

/**
 * Opens a storage file, by default for this process alone: exclusive lock until it is closed or the process ends, write-ahead log, a
 * flush for every commit (`synchronous=FULL`), structure checked, migrations applied.
 *
 * @throws XqbusError `xqbus:store-in-use`, `xqbus:store-damaged`, `xqbus:store-too-new`, `xqbus:store-full`, `xqbus:store-failed`
 */
export function openConnection(setup: StorageSetup, driver: SqlDriver): SqlConnection {
  let connection: SqlConnection | undefined;
  try {
    inspectWal(`${setup.path}-wal`);
    const { use = "exclusive" } = setup;
    connection = use === "reader" ? driver.openReadOnly(setup.path) : driver.open(setup.path);
    prepare(connection, setup, use);
    return connection;
  } catch (error) {
    connection?.close();
    throw storageError(error, setup.path);
  }
}

function prepare(connection: SqlConnection, setup: StorageSetup, use: StorageUse): void {
  connection.exec(`PRAGMA busy_timeout=${setup.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS}`);
  connection.exec("PRAGMA trusted_schema=OFF");
  if (use === "reader") return;
  connection.exec("PRAGMA synchronous=FULL");
  if (use !== "foreign") prepareLog(connection, use);
  if (use === "exclusive") lock(connection, setup);
  migrate(connection, setup);
  if (setup.maxBytes !== undefined) {
    connection.exec(`PRAGMA max_page_count=${Math.max(1, Math.floor(setup.maxBytes / PAGE_BYTES))}`);
  }
}

function prepareLog(connection: SqlConnection, use: StorageUse): void {
  connection.exec(`PRAGMA page_size=${PAGE_BYTES}`);
  if (use === "exclusive") connection.exec("PRAGMA locking_mode=EXCLUSIVE");
  else connection.exec("PRAGMA foreign_keys=ON");
  connection.exec("PRAGMA journal_mode=WAL");
  connection.exec(`PRAGMA wal_autocheckpoint=${LOG_LIMIT_PAGES}`);
  connection.exec(`PRAGMA journal_size_limit=${MAX_LOG_BYTES}`);
}

function lock(connection: SqlConnection, setup: StorageSetup): void {
  // In exclusive mode a transaction takes the lock and the connection keeps it.
  connection.exec("BEGIN EXCLUSIVE");
  connection.exec("COMMIT");
  const structure = connection.prepare("PRAGMA quick_check(1)").all() as SqlRow[];
  const fault = Object.values(structure[0] ?? {})[0];
  if (fault !== "ok") throw new XqbusError("xqbus:store-damaged", damagedMessage(setup.path, String(fault)));
}

function migrate(connection: SqlConnection, { path, applicationId, migrations = [] }: StorageSetup): void {
  if (applicationId === undefined) return;
  const version = numberOf(connection, "user_version");
  const mark = numberOf(connection, "application_id");
  const isNew = version === 0 && mark === 0 && numberOf(connection, "schema_version") === 0;
  if (!isNew && mark !== applicationId) {
    throw new XqbusError("xqbus:store-failed", `${path} is a SQLite file of another program; choose another folder`);
  }
  if (version > migrations.length) {
    throw new XqbusError(
      "xqbus:store-too-new",
      `${path} has version ${version} and this release reads up to ${migrations.length}: use the release that wrote it, or a later one`,
    );
  }
  for (const [index, script] of migrations.entries()) {
    if (index < version) continue;
    connection.exec("BEGIN IMMEDIATE");
    connection.exec(script);
    connection.exec(`PRAGMA application_id=${applicationId}`);
    connection.exec(`PRAGMA user_version=${index + 1}`);
    connection.exec("COMMIT");
  }
}

function numberOf(connection: SqlConnection, pragma: string): number {
  const [row] = connection.prepare(`PRAGMA ${pragma}`).all() as SqlRow[];
  return Number(row?.[pragma] ?? 0);
}

function damagedMessage(path: string, fault: string): string {
  return `${path} is damaged (${fault}); keep a copy of its folder and go on with a backup or an empty folder`;
}
