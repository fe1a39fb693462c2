import { counted } from "../counted.ts";
import { XqbusError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { databaseName, describeTable, type ForeignDatabase } from "./describe-table.ts";
import {
  lockPostgresOutbox,
  postgresOutbox,
  postgresTriggers,
  withoutPostgresOutbox,
  withoutPostgresTriggers,
} from "./postgres-sql.ts";
import { definitionOf, type ProducerDefinition, type ProducerOptions } from "./producer-definition.ts";
import { OUTBOX, PRODUCERS } from "./sql-names.ts";
import { SQLITE_NO_OUTBOX, SQLITE_OUTBOX, sqliteTriggers, withoutSqliteTriggers } from "./sqlite-sql.ts";

/** What was done to a database, or would be. */
export interface ProducerChange {
  /** Of one table; undefined for the outbox alone. */
  readonly producer: ProducerDefinition | undefined;
  /** The statements, in one transaction. */
  readonly statements: readonly string[];
}

/** What is taken away. */
export interface RemovedProducers {
  readonly producers: readonly string[];
  /** Whether nothing is left: neither table nor function. */
  readonly isAll: boolean;
  /** Whether there was an outbox, which is gone with them. */
  readonly hadOutbox: boolean;
  /** Events in the outbox that were not published, parked ones too, and are lost with it. */
  readonly lostEvents: number;
  readonly statements: readonly string[];
}

/** What a database has. */
export interface ProducerState {
  readonly isInstalled: boolean;
  readonly producers: readonly ProducerDefinition[];
  /** Events that wait for a relay. */
  readonly waiting: number;
  readonly parked: readonly ParkedEvent[];
}

/** An event that could not be published, and is left alone. */
export interface ParkedEvent {
  readonly id: number;
  readonly messageId: string;
  readonly routingKey: string | undefined;
  readonly madeAt: string;
  readonly reason: string;
}

/** Parked events that are listed at most. */
const MAX_PARKED = 1000;

/**
 * Installs a producer: from then on each change of a row of the table adds a row to the outbox, in the same transaction. Without a table
 * the outbox alone, for applications that write their own events. Again: in place of what was there.
 *
 * @param isDryRun whether the statements are only told
 * @throws XqbusError `xqbus:illegal-argument` for what does not fit the table; the codes of databases
 */
export async function installProducer(
  database: ForeignDatabase,
  options: ProducerOptions | undefined,
  isDryRun: boolean = false,
): Promise<ProducerChange> {
  const schema = await outboxSchema(database);
  const outbox = database.product === "sqlite" ? SQLITE_OUTBOX : postgresOutbox(schema);
  if (options === undefined) return run(database, { producer: undefined, statements: outbox }, isDryRun);
  const table = await describeTable(database, options.table);
  refuseOwn(table.name);
  const producer = definitionOf(options, table, await databaseName(database));
  const triggers =
    database.product === "sqlite" ? sqliteTriggers(table, producer) : postgresTriggers(schema, table, producer);
  const change = { producer, statements: [...outbox, ...triggers] };
  if (isDryRun) return change;
  const { sql } = database;
  await inTransaction(database, change.statements, async (kysely) => {
    const key = tableKey(table);
    await sql`DELETE FROM ${sql.table(PRODUCERS)} WHERE table_name = ${key}`.execute(kysely);
    await sql`INSERT INTO ${sql.table(PRODUCERS)}(table_name, definition) VALUES (${key}, ${JSON.stringify(producer)})`.execute(
      kysely,
    );
  });
  return change;
}

/**
 * Takes a producer away, and with the last one, or without a table, everything.
 *
 * @param options `discard`: also where events wait in the outbox, which are lost then; `isDryRun`: only tells
 * @throws XqbusError `xqbus:illegal-argument` there is no such producer; events wait
 */
export async function uninstallProducer(
  database: ForeignDatabase,
  table: string | undefined,
  { discard = false, isDryRun = false }: { readonly discard?: boolean; readonly isDryRun?: boolean } = {},
): Promise<RemovedProducers> {
  const installed = await installedProducers(database);
  const found = installed.filter(
    ({ key, definition }) => table === undefined || key === table || definition.table === table,
  );
  if (found.length === 0 && table !== undefined) {
    const near = nearestName(
      table,
      installed.map(({ definition }) => definition.table),
    );
    const hint = near === undefined ? "xqbus producer list names them" : `did you mean ${near}?`;
    throw new XqbusError("xqbus:illegal-argument", `there is no producer for ${table}; ${hint}`);
  }
  const isAll = table === undefined || found.length === installed.length;
  const isThere = isAll && (await isInstalled(database));
  const watching: string[] = [];
  for (const { key } of found) {
    if (database.product === "sqlite") watching.push(...withoutSqliteTriggers(key));
    else if (await hasTable(database, key)) watching.push(...withoutPostgresTriggers(splitKey(key)));
  }
  const schema = await outboxSchema(database);
  if (isThere && database.product === "postgres") watching.push(...lockPostgresOutbox(schema));
  const rest = isAll ? (database.product === "sqlite" ? SQLITE_NO_OUTBOX : withoutPostgresOutbox(schema)) : [];
  const removed = {
    producers: found.map(({ definition }) => definition.table),
    isAll,
    hadOutbox: isThere,
    statements: [...watching, ...rest],
  };
  if (isDryRun) return { ...removed, lostEvents: isAll ? (await eventsIn(database)).all : 0 };
  const { sql, kysely } = database;
  return kysely.transaction().execute(async (transaction) => {
    await runAll(database, watching, transaction);
    // From here on nobody adds anything.
    const lostEvents = isThere ? (await countEvents(database, transaction)).all : 0;
    if (lostEvents > 0 && !discard) {
      const message = `${counted(lostEvents, "event is", "events are")} in the outbox, waiting or parked: publish them first (xqbus producer run --once), or give --discard (discard: true) to lose them`;
      throw new XqbusError("xqbus:illegal-argument", message);
    }
    await runAll(database, rest, transaction);
    for (const { key } of isAll ? [] : found) {
      await sql`DELETE FROM ${sql.table(PRODUCERS)} WHERE table_name = ${key}`.execute(transaction);
    }
    return { ...removed, lostEvents };
  });
}

/** What is installed, what waits, and what is parked. */
export async function producerState(database: ForeignDatabase): Promise<ProducerState> {
  if (!(await isInstalled(database))) return { isInstalled: false, producers: [], waiting: 0, parked: [] };
  const { sql, kysely } = database;
  interface Row {
    readonly id: number;
    readonly message_id: string;
    readonly routing_key: string | null;
    readonly made_at: string;
    readonly reason: string;
  }
  const { rows } = await sql<Row>`
    SELECT id, message_id, routing_key, made_at, reason FROM ${sql.table(OUTBOX)} WHERE reason IS NOT NULL ORDER BY id LIMIT ${MAX_PARKED}`.execute(
    kysely,
  );
  const producers = (await installedProducers(database)).map(({ definition }) => definition);
  const parked = rows.map(({ id, message_id: messageId, routing_key: key, made_at: madeAt, reason }) => ({
    ...{ id, messageId, routingKey: key ?? undefined, madeAt, reason },
  }));
  return { isInstalled: true, producers, waiting: (await eventsIn(database)).waiting, parked };
}

/** Lets a relay try parked events again. @returns how many */
export async function retryParked(database: ForeignDatabase): Promise<number> {
  if (!(await isInstalled(database))) return 0;
  const { sql, kysely } = database;
  const { numAffectedRows } = await sql`UPDATE ${sql.table(OUTBOX)} SET reason = NULL WHERE reason IS NOT NULL`.execute(
    kysely,
  );
  return Number(numAffectedRows ?? 0);
}

/** Whether there is an outbox. */
export async function isInstalled(database: ForeignDatabase): Promise<boolean> {
  const { sql, kysely, product } = database;
  const { rows } =
    product === "sqlite"
      ? await sql`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ${PRODUCERS}`.execute(kysely)
      : await sql`SELECT 1 WHERE to_regclass(${PRODUCERS}) IS NOT NULL`.execute(kysely);
  return rows.length > 0;
}

interface Installed {
  readonly key: string;
  readonly definition: ProducerDefinition;
}

async function installedProducers(database: ForeignDatabase): Promise<readonly Installed[]> {
  if (!(await isInstalled(database))) return [];
  const { sql, kysely } = database;
  const { rows } = await sql<{ readonly table_name: string; readonly definition: string }>`
    SELECT table_name, definition FROM ${sql.table(PRODUCERS)} ORDER BY table_name`.execute(kysely);
  return rows.map(({ table_name: key, definition }) => ({
    key,
    definition: JSON.parse(definition) as ProducerDefinition,
  }));
}

interface EventCounts {
  readonly waiting: number;
  /** Parked ones, too. */
  readonly all: number;
}

async function eventsIn(database: ForeignDatabase): Promise<EventCounts> {
  return (await isInstalled(database)) ? countEvents(database, database.kysely) : { waiting: 0, all: 0 };
}

async function countEvents({ sql }: ForeignDatabase, kysely: ForeignDatabase["kysely"]): Promise<EventCounts> {
  const { rows } = await sql<EventCounts>`
    SELECT count(*) AS "all", count(*) - count(reason) AS waiting FROM ${sql.table(OUTBOX)}`.execute(kysely);
  return { waiting: Number(rows[0]?.waiting ?? 0), all: Number(rows[0]?.all ?? 0) };
}

/** How a table is remembered: of PostgreSQL with its schema, as JSON, because names may have dots. */
function tableKey({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === "" ? name : JSON.stringify([schema, name]);
}

function splitKey(key: string): { readonly schema: string; readonly name: string } {
  const [schema = "", name = ""] = JSON.parse(key) as string[];
  return { schema, name };
}

async function hasTable({ sql, kysely }: ForeignDatabase, key: string): Promise<boolean> {
  const { schema, name } = splitKey(key);
  const { rows } = await sql`SELECT 1 FROM pg_tables WHERE schemaname = ${schema} AND tablename = ${name}`.execute(
    kysely,
  );
  return rows.length > 0;
}

/** The schema that the outbox is in: where it is found, else where new tables go. */
async function outboxSchema({ product, sql, kysely }: ForeignDatabase): Promise<string> {
  if (product === "sqlite") return "";
  const { rows } = await sql<{ readonly schema: string | null }>`
    SELECT coalesce((SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(${PRODUCERS})), current_schema()) AS schema`.execute(
    kysely,
  );
  const schema = rows[0]?.schema ?? undefined;
  if (schema !== undefined) return schema;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "the search_path of the login has no schema that exists; create one for the outbox",
  );
}

function refuseOwn(name: string): void {
  if (!name.startsWith("xqbus_")) return;
  throw new XqbusError("xqbus:illegal-argument", `${name} is a table of xqbus itself, whose changes are no events`);
}

async function run(database: ForeignDatabase, change: ProducerChange, isDryRun: boolean): Promise<ProducerChange> {
  if (!isDryRun) await inTransaction(database, change.statements, async () => undefined);
  return change;
}

async function inTransaction(
  database: ForeignDatabase,
  statements: readonly string[],
  andThen: (transaction: ForeignDatabase["kysely"]) => Promise<void>,
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await runAll(database, statements, transaction);
    await andThen(transaction);
  });
}

async function runAll(
  { sql }: ForeignDatabase,
  statements: readonly string[],
  transaction: ForeignDatabase["kysely"],
): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(transaction);
}
