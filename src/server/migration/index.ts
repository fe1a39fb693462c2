export { migrateFolder } from "./migrate-folder.ts";
export type { MigrateOptions } from "./migrate-folder.ts";
export type { MigrationProgress, MigrationReport, MovedMessages, MovedPart } from "./migration-report.ts";
