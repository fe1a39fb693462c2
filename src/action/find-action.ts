import type { Kysely } from "../database/index.ts";
import type { ActionRow } from "./action-tables.ts";
import type { WorkTables } from "./work-database.ts";

/** The action with this id or name; undefined: there is none. */
export async function findAction(kysely: Kysely<WorkTables>, idOrName: string): Promise<ActionRow | undefined> {
  const rows = await kysely
    .selectFrom("action")
    .selectAll()
    .where((where) => where.or([where("id", "=", idOrName), where("name", "=", idOrName)]))
    .execute();
  // A name may look like the id of another one.
  return rows.find(({ id }) => id === idOrName) ?? rows[0];
}
