import { openDatabase, type Database, type DatabaseOptions, type Migrations } from "../database/index.ts";
import { makeActionTables, type ActionTables } from "./action-tables.ts";
import { makeRunTables, type RunTables } from "./run/index.ts";
import { makeTriggerTables, type TriggerTables } from "./trigger/tables.ts";
import { makeWorkflowTables, type WorkflowTables } from "./workflow/workflow-tables.ts";

/** All tables of `work.db`. */
export type WorkTables = RunTables & ActionTables & TriggerTables & WorkflowTables;

/** What makes them; a new step gets the next number, and what is there stays as it is. */
export const WORK_MIGRATIONS: Migrations = {
  name: "work",
  steps: {
    "001-run": makeRunTables,
    "002-action": makeActionTables,
    "003-trigger": makeTriggerTables,
    "004-workflow": makeWorkflowTables,
  },
};

/**
 * Opens the database of actions, triggers and runs.
 *
 * @throws what {@link openDatabase} throws
 */
export function openWorkDatabase(
  url: string,
  options: Omit<DatabaseOptions, "migrations"> = {},
): Promise<Database<WorkTables>> {
  return openDatabase<WorkTables>(url, { ...options, migrations: WORK_MIGRATIONS });
}
