import type { Database } from "../../database/index.ts";
import type { RunKind, RunQueue } from "../run/index.ts";
import type { FindStartable } from "../startable.ts";
import type { WorkTables } from "../work-database.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { WORKFLOW, WORKFLOW_KIND, workflowHook } from "./workflow-run.ts";
import { startOf, Workflows } from "./workflows.ts";

/** What carries out runs, as far as workflows need it. */
export interface RunsOfKinds {
  readonly database: Database<WorkTables>;
  readonly runs: RunQueue;
  /** Refuses a changed workflow whose runs would lead to others of it. */
  assertNoCircle(workflow: string, definition: WorkflowDefinition): Promise<void>;
  /** Lets runs of another kind be started and carried out. */
  addKind(name: string, kind: RunKind, find: FindStartable): void;
}

/** Lets workflows be started like actions, and go on step by step; before the runs begin. */
export function addWorkflows(service: RunsOfKinds): Workflows {
  const workflows = new Workflows(service.database, (id, definition) => service.assertNoCircle(id, definition));
  service.addKind(WORKFLOW, WORKFLOW_KIND, async (idOrName, kysely) => {
    const found = await workflows.find(idOrName, kysely);
    return found === undefined ? undefined : startOf(found);
  });
  service.runs.onEnded(workflowHook);
  return workflows;
}
