import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addWorkflowCancel, addWorkflowRetry } from "./workflow/change.ts";
import { addWorkflowCheck } from "./workflow/check.ts";
import { addWorkflowCreate, addWorkflowUpdate } from "./workflow/create.ts";
import { addWorkflowDelete } from "./workflow/delete.ts";
import { addWorkflowList } from "./workflow/list.ts";
import { addWorkflowRuns } from "./workflow/runs.ts";
import { addWorkflowShow } from "./workflow/show.ts";
import { addWorkflowStart } from "./workflow/start.ts";

/** Adds one command to the noun `workflow`; one file in `commands/workflow/` each. */
export type AddWorkflowCommand = (workflow: Command, session: Session) => void;

const WORKFLOW_COMMANDS: readonly AddWorkflowCommand[] = [
  addWorkflowCheck,
  addWorkflowCreate,
  addWorkflowUpdate,
  addWorkflowList,
  addWorkflowShow,
  addWorkflowStart,
  addWorkflowRuns,
  addWorkflowCancel,
  addWorkflowRetry,
  addWorkflowDelete,
];

/** Adds what there is for workflows. */
export const addWorkflow: AddLater = (workflow, session) => {
  for (const add of WORKFLOW_COMMANDS) add(workflow, session);
  workflow.addHelpText(
    "after",
    `
Examples:
  xqbus workflow check workflows/orders.toml
  xqbus workflow create workflows/orders.toml
  echo '[{"event_id": 1}]' | xqbus workflow start Orders
  xqbus workflow runs 5eaf0db7f6f51d5255974217 --mermaid

What a definition says: docs/workflows.md.`,
  );
};
