export type { BulkInsert, Cell, ColumnType, Database, DatabaseProduct } from "./database.ts";
export type { DatabaseOptions, Migration, Migrations, MigrationTools } from "./database-options.ts";
export { parseDatabaseUrl, sqliteUrl, withoutDatabasePassword } from "./database-url.ts";
export type { DatabaseUrl } from "./database-url.ts";
export { databaseName, urlOfDatabase } from "./named-databases.ts";
export { openPostgresRows } from "./rows/postgres-rows.ts";
export type { PostgresRowsOptions } from "./rows/postgres-rows.ts";
export type { RowStorage } from "./rows/row-storage.ts";
export { checkMoved, takeMark } from "./copy/check-moved.ts";
export { copyTable, countRows, isThere } from "./copy/copy-table.ts";
export type { CopiedRows, CopyOptions } from "./copy/copy-table.ts";
export { movedName } from "./copy/movable-tables.ts";
export type { Agreement, CopiedTable, MovableTables } from "./copy/movable-tables.ts";
export { migrationState } from "./migration-state.ts";
export type { MigrationState } from "./migration-state.ts";
export { openDatabase } from "./open-database.ts";
export { readOnlyReason } from "./read-only.ts";
/** A part of a query, and a transaction, of the query builder. */
export type { Kysely, RawBuilder, Sql, Transaction } from "kysely";
