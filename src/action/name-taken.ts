import type { Database } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import type { ActionTables } from "./action-tables.ts";
import type { WorkflowTables } from "./workflow/workflow-tables.ts";
import { isId } from "./run/index.ts";

/**
 * Names are of one action or workflow: scopes, triggers and starts go by them.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
export async function assertNameIsFree(database: Database<ActionTables & WorkflowTables>, name: string): Promise<void> {
  if (isId(name)) {
    throw new XqbusError("xqbus:illegal-argument", `"${name}" looks like an id; take a name that nobody takes for one`);
  }
  for (const [table, what] of [
    ["action", "an action"],
    ["workflow", "a workflow"],
  ] as const) {
    const query = database.kysely.selectFrom(table).select("id").where("name", "=", name);
    if ((await query.executeTakeFirst()) !== undefined) throw nameTaken(what, name);
  }
}

/** @param what has it: `an action` */
export function nameTaken(what: string, name: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", `there is ${what} "${name}" already; take another name`);
}
