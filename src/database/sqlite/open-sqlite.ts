import { existsSync } from "node:fs";
import type { Dialect, Driver } from "kysely";
import { XqbusError } from "../../errors.ts";
import { makePrivate, Storage } from "../../storage/index.ts";
import type { Database } from "../database.ts";
import type { DatabaseOptions } from "../database-options.ts";
import { kyselyModule, type KyselyModule } from "../kysely-module.ts";
import { SqliteConnection, type SqliteThreads } from "./sqlite-connection.ts";
import { SqliteDatabase } from "./sqlite-database.ts";
import { Turns } from "../../turns.ts";

const DEFAULT_BUSY_MS = 10_000;

/**
 * Opens an SQLite file in two threads, one that writes and one that reads.
 *
 * @throws XqbusError as `openDatabase` says
 */
export async function openSqlite<S>(path: string, name: string, options: DatabaseOptions): Promise<Database<S>> {
  const { migrations, connectTimeoutMs: busyTimeoutMs = DEFAULT_BUSY_MS, maxBytes, onError } = options;
  const { makesFile = migrations !== undefined, readOnly = false } = options;
  if (!existsSync(path)) {
    if (!makesFile) throw new XqbusError("xqbus:unreadable", `there is no file ${path} (${name})`);
    await makeFile(path, name);
  }
  const kysely = await kyselyModule();
  const tell = onError === undefined ? {} : { onFailure: onError };
  const writer = await Storage.open({
    ...{ path, busyTimeoutMs, use: migrations === undefined ? "foreign" : "shared", ...tell },
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  try {
    if (readOnly) await writer.run("PRAGMA query_only=ON", [], false);
    const reader = await Storage.open({ path, busyTimeoutMs, use: "reader", ...tell });
    const threads = { writer, reader, turns: new Turns() };
    const builder = new kysely.Kysely<S>({ dialect: dialectOf(kysely, threads) });
    return new SqliteDatabase(name, builder, kysely.sql, threads);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** What is in it is for its owner alone, who may say otherwise. */
async function makeFile(path: string, name: string): Promise<void> {
  try {
    await makePrivate(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new XqbusError("xqbus:unreadable", `cannot make the file ${path} (${name}): ${code ?? "unknown"}`, { cause });
  }
}

function dialectOf(kysely: KyselyModule, threads: SqliteThreads): Dialect {
  class Adapter extends kysely.SqliteAdapter {
    // It does, whatever kysely says: a migration is done as a whole.
    override get supportsTransactionalDdl(): boolean {
      return true;
    }
  }
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => driverOf(threads),
    createIntrospector: (db) => new kysely.SqliteIntrospector(db),
    createQueryCompiler: () => new kysely.SqliteQueryCompiler(),
  };
}

function driverOf(threads: SqliteThreads): Driver {
  return {
    init: async () => undefined,
    acquireConnection: async () => new SqliteConnection(threads),
    beginTransaction: (connection) => (connection as SqliteConnection).begin(),
    commitTransaction: (connection) => (connection as SqliteConnection).commit(),
    rollbackTransaction: (connection) => (connection as SqliteConnection).rollback(),
    releaseConnection: async () => undefined,
    destroy: async () => undefined,
  };
}
