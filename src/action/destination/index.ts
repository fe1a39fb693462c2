export { bulkInsert } from "./bulk-insert.ts";
export type { DestinationRow, InsertResult, InsertStats } from "./bulk-insert.ts";
export { createTableSql, parseColumn, SHIPPED_TABLES } from "./create-table.ts";
export type { NewColumn, NewColumnType } from "./create-table.ts";
export { tableColumns, tableNames } from "./table-columns.ts";
export type { ColumnKind, TableColumn } from "./table-columns.ts";
export { connect, useDatabases } from "./use-databases.ts";
export type { Destination } from "./use-databases.ts";
