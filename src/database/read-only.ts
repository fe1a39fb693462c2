import type { Database } from "./database.ts";

/** Why nothing can be written in a database that can be read; undefined: it can be written as far as the server knows. */
export async function readOnlyReason<S>({
  product,
  kysely,
  sql,
}: Pick<Database<S>, "product" | "kysely" | "sql">): Promise<string | undefined> {
  if (product === "sqlite") return undefined;
  const asked = sql<{ standby: boolean; setting: string }>`
    select pg_is_in_recovery() as standby, current_setting('transaction_read_only') as setting`;
  const [row] = (await asked.execute(kysely)).rows;
  if (row?.standby === true) return "the database is read-only: the server is a standby";
  return row?.setting === "on" ? "the database is read-only (its setting default_transaction_read_only)" : undefined;
}
