import { randomUUID } from "node:crypto";
import {
  openDatabase,
  type Database,
  type DatabaseOptions,
  type Migrations,
  type MigrationTools,
} from "../database/index.ts";

/** The tables of a router. Times are ms since 1970. */
export interface RouterTables {
  readonly route: RouteRow;
  readonly backlog: BacklogRow;
  readonly router_process: ProcessRow;
  readonly router_state: StateRow;
  readonly route_end: RouteEndRow;
  readonly router_group: GroupRow;
}

/** A row is a route. */
export interface RouteRow {
  readonly name: string;
  /** Its {@link RouteInput} as JSON. */
  readonly definition: string;
  readonly queue: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  /** That of the change which made it what it is. */
  readonly generation: number;
}

/** A row is a route that has ended, and whose queue is about to be emptied: until then nobody makes one of the name. */
interface RouteEndRow {
  readonly name: string;
  readonly queue: string;
  /** When the name is free whatever has become of who ends it. */
  readonly until: number;
}

/** A row is a copy of a message that a queue did not take. */
interface BacklogRow {
  /** Grows. */
  readonly id: number;
  readonly route: string;
  /** 1: whether the route wants it is not known yet. */
  readonly is_undecided: number;
  readonly reason: string;
  readonly message: Uint8Array;
  readonly added_at: number;
}

/** A row is a process that routes, and which generation of the routes it goes by. */
interface ProcessRow {
  readonly id: string;
  readonly generation: number;
  readonly seen_at: number;
}

/** `generation`: how often routes were changed. `ordered`: that of the process that keeps order. `has_ordered`: whether it has a subscription. */
interface StateRow {
  readonly name: "generation" | "ordered" | "has_ordered";
  readonly value: number;
}

/** A row is a group of daemons: all that have one database. */
interface GroupRow {
  readonly id: string;
  /** Of the daemon that was heard of last. */
  readonly host: string;
  readonly heard_at: number;
  /** 1: that of this database. */
  readonly is_own: number;
  /** JSON: names of subscriptions that it has in common with the one of this database. */
  readonly shared: string;
}

/** The database of a router. */
export type RouterDatabase = Database<RouterTables>;

/** What makes the tables; a new step gets the next number, and what is there stays as it is. */
export const ROUTER_MIGRATIONS: Migrations = {
  name: "router",
  steps: {
    ...{ "001-routes": makeTables, "002-changes": addChanges, "003-groups": addGroups },
    "004-shared-subscriptions": addSharedSubscriptions,
  },
};

/**
 * Opens the database of a router.
 *
 * @throws what `openDatabase` throws
 */
export function openRouterDatabase(
  url: string,
  options: Omit<DatabaseOptions, "migrations"> = {},
): Promise<RouterDatabase> {
  return openDatabase<RouterTables>(url, { ...options, migrations: ROUTER_MIGRATIONS });
}

async function makeTables({ kysely, sql, product }: MigrationTools): Promise<void> {
  const { schema } = kysely;
  await schema
    .createTable("route")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("definition", "text", (column) => column.notNull())
    .addColumn("queue", "text", (column) => column.notNull())
    .addColumn("revision", "bigint", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("backlog")
    .addColumn("id", product === "sqlite" ? "integer" : "bigserial", (column) => column.primaryKey())
    .addColumn("route", "text", (column) => column.notNull())
    .addColumn("is_undecided", "bigint", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("message", product === "sqlite" ? "blob" : "bytea", (column) => column.notNull())
    .addColumn("added_at", "bigint", (column) => column.notNull())
    .execute();
  await schema.createIndex("backlog_by_route").on("backlog").columns(["route", "id"]).execute();
  await schema
    .createTable("router_process")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("generation", "bigint", (column) => column.notNull())
    .addColumn("seen_at", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("router_state")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "bigint", (column) => column.notNull())
    .execute();
  await sql`INSERT INTO router_state(name, value) VALUES ('generation', 0), ('ordered', 0), ('has_ordered', 0)`.execute(
    kysely,
  );
}

/** So that a process reads what has changed, and not all; and that no route is made while one of its name ends. */
async function addChanges({ kysely }: MigrationTools): Promise<void> {
  const { schema } = kysely;
  await schema
    .alterTable("route")
    .addColumn("generation", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
  await schema.createIndex("route_by_generation").on("route").column("generation").execute();
  await schema
    .createTable("route_end")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("queue", "text", (column) => column.notNull())
    .addColumn("until", "bigint", (column) => column.notNull())
    .execute();
}

/** So that daemons notice others of their domain that have another database. The step is done once, whoever does it: there is one id. */
async function addGroups({ kysely, sql }: MigrationTools): Promise<void> {
  await kysely.schema
    .createTable("router_group")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("host", "text", (column) => column.notNull())
    .addColumn("heard_at", "bigint", (column) => column.notNull())
    .addColumn("is_own", "bigint", (column) => column.notNull())
    .execute();
  await sql`INSERT INTO router_group(id, host, heard_at, is_own) VALUES (${randomUUID()}, '', 0, 1)`.execute(kysely);
}

/** So that only those groups are an error that divide events. */
async function addSharedSubscriptions({ kysely }: MigrationTools): Promise<void> {
  await kysely.schema
    .alterTable("router_group")
    .addColumn("shared", "text", (column) => column.notNull().defaultTo("[]"))
    .execute();
}
