import type { Dialect } from "kysely";
import type { ClientConfig, Pool, types } from "pg";
import { optionalPackage } from "../../optional-package.ts";
import type { Database } from "../database.ts";
import type { DatabaseOptions } from "../database-options.ts";
import { kyselyModule } from "../kysely-module.ts";
import { LimitedPool } from "./limited-pool.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { PostgresErrorDriver } from "./postgres-driver.ts";
import { postgresError } from "./postgres-error.ts";
import { PostgresSignals } from "./postgres-signals.ts";

const DEFAULT_CONNECTIONS = 10;
const DEFAULT_CONNECT_MS = 10_000;
const DEFAULT_STATEMENT_MS = 60_000;
const DEFAULT_SIGNAL_CHECK_MS = 5000;
/** A server that ends a statement by its own limit has so long to say so, in ms. */
const ANSWER_GRACE_MS = 5000;
/** A connection without traffic is probed by the system after so many ms. */
const KEEP_ALIVE_MS = 10_000;
type TypeParsers = typeof types.getTypeParser;

const IDLE_MS = 30_000;
/** Numbers of the types in PostgreSQL's catalog. */
const INT8 = 20;

/**
 * Opens a database of PostgreSQL: a pool of connections, and one for signals while somebody hears.
 *
 * @throws XqbusError as `openDatabase` says
 */
export async function openPostgres<S>(url: string, name: string, options: DatabaseOptions): Promise<Database<S>> {
  const kysely = await kyselyModule();
  const { default: pg } = await optionalPackage("pg", "PostgreSQL", () => import("pg"));
  const { maxConnections = DEFAULT_CONNECTIONS, onError = () => undefined } = options;
  const { connectTimeoutMs = DEFAULT_CONNECT_MS, statementTimeoutMs = DEFAULT_STATEMENT_MS } = options;
  const { signalCheckMs = DEFAULT_SIGNAL_CHECK_MS } = options;
  const { answerTimeoutMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + ANSWER_GRACE_MS } = options;
  const client = {
    ...{
      connectionString: withSettings(url, options),
      connectionTimeoutMillis: connectTimeoutMs,
      application_name: "xqbus",
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    },
    // Whole numbers of 8 bytes are numbers: counts, times and numbers of ours are safe integers.
    types: {
      getTypeParser: ((type, format) =>
        Number(type) === INT8 ? Number : (pg.types.getTypeParser(type, format) as unknown)) as TypeParsers,
    },
  } satisfies ClientConfig;
  const pool: Pool = new pg.Pool({
    ...client,
    ...(statementTimeoutMs === 0 ? {} : { statement_timeout: statementTimeoutMs }),
    ...(answerTimeoutMs === 0 ? {} : { query_timeout: answerTimeoutMs }),
    ...{ max: maxConnections, idleTimeoutMillis: IDLE_MS },
  });
  // A client in use tells of its end by its query; without a hearer its event would end the process.
  pool.on("connect", (connected) => connected.on("error", () => undefined));
  pool.on("error", (error) => onError(postgresError(error, name)));
  const signals = new PostgresSignals({
    name,
    onError,
    checkMs: signalCheckMs,
    newClient: () => new pg.Client({ ...client, query_timeout: signalCheckMs }),
  });
  const dialect = new kysely.PostgresDialect({ pool: new LimitedPool(pool) });
  const builder = new kysely.Kysely<S>({ dialect: withErrors(dialect, name) });
  const database = new PostgresDatabase({ name, kysely: builder, sql: kysely.sql, pool, signals });
  try {
    if (options.schema === undefined || options.readOnly === true) await kysely.sql`SELECT 1`.execute(builder);
    else await kysely.sql`CREATE SCHEMA IF NOT EXISTS ${kysely.sql.id(options.schema)}`.execute(builder);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The URL of the same database, with what holds for each connection: where tables are looked for, and whether it may write. */
function withSettings(url: string, { schema, readOnly = false }: Pick<DatabaseOptions, "schema" | "readOnly">): string {
  const settings = [
    ...(schema === undefined ? [] : [`-c search_path="${schema.replaceAll('"', '""')}"`]),
    ...(readOnly ? ["-c default_transaction_read_only=on"] : []),
  ];
  if (settings.length === 0) return url;
  const changed = new URL(url);
  const given = changed.searchParams.get("options");
  changed.searchParams.set("options", [...(given === null ? [] : [given]), ...settings].join(" "));
  return changed.href;
}

function withErrors(dialect: Dialect, name: string): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => new PostgresErrorDriver(dialect.createDriver(), name),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}
