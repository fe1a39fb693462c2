import type { Migrations, MigrationTools } from "../database/index.ts";

/** Makes the tables of an archive. */
export const ARCHIVE_MIGRATIONS: Migrations = {
  name: "archive",
  steps: {
    "001-events": makeTables,
    "002-sensitive": keepSensitive,
    "003-deleted": keepDeleted,
    "004-retention": keepRetention,
  },
};

async function makeTables({ kysely, sql, product }: MigrationTools): Promise<void> {
  const bytes = product === "sqlite" ? "blob" : "bytea";
  const { schema } = kysely;
  await schema
    .createTable("archive_kind")
    .addColumn("id", product === "sqlite" ? "integer" : "bigserial", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("namespace", "text", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addUniqueConstraint("archive_kind_is_one", ["name", "namespace", "type", "fingerprint"])
    .execute();
  await schema
    .createTable("archive_event")
    .addColumn("id", product === "sqlite" ? "integer" : "bigint", (column) => column.primaryKey())
    .addColumn("message_id", "text", (column) => column.notNull())
    .addColumn("checksum", bytes, (column) => column.notNull())
    .addColumn("kind", "bigint", (column) => column.notNull())
    .addColumn("routing_key", "text", (column) => column.notNull())
    .addColumn("source", "text")
    .addColumn("time", "bigint", (column) => column.notNull())
    .addColumn("archived_at", "bigint", (column) => column.notNull())
    .addColumn("principal", "text")
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addColumn("document", bytes, (column) => column.notNull())
    .addUniqueConstraint("archive_event_is_one", ["message_id", "checksum"])
    .execute();
  const indexes = { kind: ["kind", "id"], routing_key: ["routing_key", "id"], archived_at: ["archived_at", "id"] };
  for (const [name, columns] of Object.entries(indexes)) {
    await schema.createIndex(`archive_event_by_${name}`).on("archive_event").columns(columns).execute();
  }
  const fields = schema
    .createTable("archive_field")
    .addColumn("event", "bigint", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("text", "text")
    .addColumn("number", "double precision")
    .addPrimaryKeyConstraint("archive_field_is_one", ["event", "name"]);
  await (product === "sqlite" ? fields.modifyEnd(sql`without rowid`) : fields).execute();
  for (const value of ["text", "number"]) {
    await schema
      .createIndex(`archive_field_by_${value}`)
      .on("archive_field")
      .columns(["name", value, "event"])
      .where(value, "is not", null)
      .execute();
  }
}

/** Kinds differ by what is sensitive, too. Of those that are there nobody knows it. */
async function keepSensitive({ kysely, sql, product }: MigrationTools): Promise<void> {
  const unique = sql`constraint archive_kind_is_one unique (name, namespace, type, fingerprint, sensitive_key)`;
  if (product === "postgres") {
    await sql`alter table archive_kind add column sensitive text, add column sensitive_key text not null default '',
      drop constraint archive_kind_is_one, add ${unique}`.execute(kysely);
    return;
  }
  // SQLite cannot take a constraint away.
  await sql`create table archive_kind_made (id integer primary key, name text not null, namespace text not null, type text not null,
    fingerprint text not null, sensitive text, sensitive_key text not null default '', ${unique})`.execute(kysely);
  await sql`insert into archive_kind_made (id, name, namespace, type, fingerprint)
    select id, name, namespace, type, fingerprint from archive_kind`.execute(kysely);
  await kysely.schema.dropTable("archive_kind").execute();
  await kysely.schema.alterTable("archive_kind_made").renameTo("archive_kind").execute();
}

/** Types that have left the schemas are kept as long as they said. */
async function keepRetention({ kysely }: MigrationTools): Promise<void> {
  await kysely.schema.alterTable("archive_kind").addColumn("retention", "bigint").execute();
}

/** Numbers are not used again when the events that had them are deleted. */
async function keepDeleted({ kysely }: MigrationTools): Promise<void> {
  await kysely.schema
    .createTable("archive_mark")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("number", "bigint", (column) => column.notNull())
    .execute();
}
