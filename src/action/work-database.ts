import {
  openDatabase,
  type Database,
  type DatabaseOptions,
  type Migrations,
  type MovableTables,
} from "../database/index.ts";
import { makeActionTables, type ActionTables } from "./action-tables.ts";
import { makeRunTables, makeSubjectTurnIndex, makeTurnIndex, type RunTables } from "./run/index.ts";
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
    "005-run-turn": makeTurnIndex,
    "006-subject-turn": makeSubjectTurnIndex,
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

/** Actions, schedules and workflows with their runs. */
export const WORK_TABLES: MovableTables = {
  ...{ title: "actions, workflows and runs", file: "work.db" },
  madeBy: WORK_MIGRATIONS,
  tables: [
    { name: "action", key: ["id"] },
    { name: "action_trigger", key: ["id"] },
    { name: "workflow", key: ["id"] },
    { name: "run", key: ["id"], pageRows: 50 },
    { name: "run_attempt", key: ["run", "number"] },
    { name: "run_log", key: ["run", "attempt", "number"], pageRows: 100 },
  ],
  agreements: [
    { table: "action", by: ["name"], same: ["id"] },
    { table: "workflow", by: ["name"], same: ["id"] },
  ],
  make: async (url) => (await openWorkDatabase(url)).close(),
};
