import type { Database } from "./database.ts";
import type { RawBuilder } from "kysely";

/** The time of the database in ms since 1970: the one that all processes agree on. */
export function databaseNow({ product, sql }: Pick<Database<unknown>, "product" | "sql">): RawBuilder<number> {
  return product === "postgres"
    ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql<number>`CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`;
}
