import type { Migration, Migrations } from "../database/index.ts";

/** A row of `member`: a process. Times are ms since 1970 by the clock of the database. */
export interface MemberRow {
  readonly id: string;
  /** What no other living process has: 0 to 63. */
  readonly slot: number;
  readonly started_at: number;
  readonly seen_at: number;
  readonly release: string;
  /** JSON list of the groups of names that it takes leases of. */
  readonly groups: string;
}

/** A row of `member_change`: the changes of a topic that a process has applied. */
export interface MemberChangeRow {
  readonly member: string;
  readonly topic: string;
  readonly version: number;
}

/** A row of `change_topic`: how often it was changed. */
export interface ChangeTopicRow {
  readonly topic: string;
  readonly version: number;
}

/** A row of `lease`. */
export interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  readonly until: number;
}

/** The tables of the processes of one bus. */
export interface ClusterTables {
  readonly bus: { readonly domain: string };
  readonly member: MemberRow;
  readonly member_change: MemberChangeRow;
  readonly change_topic: ChangeTopicRow;
  readonly lease: LeaseRow;
}

const make: Migration = async ({ kysely: { schema } }) => {
  await schema
    .createTable("bus")
    .addColumn("domain", "text", (column) => column.primaryKey())
    .execute();
  await schema
    .createTable("member")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("slot", "bigint", (column) => column.notNull().unique())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("seen_at", "bigint", (column) => column.notNull())
    .addColumn("release", "text", (column) => column.notNull())
    .addColumn("groups", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("member_change")
    .addColumn("member", "text", (column) => column.notNull())
    .addColumn("topic", "text", (column) => column.notNull())
    .addColumn("version", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("member_change_key", ["member", "topic"])
    .execute();
  await schema
    .createTable("change_topic")
    .addColumn("topic", "text", (column) => column.primaryKey())
    .addColumn("version", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("lease")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("until", "bigint", (column) => column.notNull())
    .execute();
  await schema.createIndex("lease_holder").on("lease").column("holder").execute();
};

/** Of PostgreSQL, where the tables are: others may have tables of these names. */
export const CLUSTER_SCHEMA = "xqbus_cluster";

/** What makes the tables. */
export const CLUSTER_MIGRATIONS: Migrations = { name: "cluster", steps: { "001-members": make } };
