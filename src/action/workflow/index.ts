export { checkWorkflow, defineWorkflow } from "./check-definition.ts";
export type { CheckOptions } from "./check-definition.ts";
export type {
  StepSource,
  WorkflowDefinition,
  WorkflowInput,
  WorkflowQuery,
  WorkflowStep,
  WorkflowStepInput,
} from "./definition.ts";
export type { DefinitionText } from "./query-place.ts";
export { InvalidWorkflowError } from "./workflow-problem.ts";
export type { WorkflowProblem } from "./workflow-problem.ts";
export { DECISION } from "./step-status.ts";
export { makeWorkflowTables } from "./workflow-tables.ts";
export type { WorkflowTables } from "./workflow-tables.ts";
export { workflowDefinition, WORKFLOW, WORKFLOW_KIND, workflowHook } from "./workflow-run.ts";
export { runMermaid, workflowMermaid } from "./mermaid.ts";
export { startOf, Workflows } from "./workflows.ts";
export type { Workflow } from "./workflows.ts";
export { addWorkflows } from "./add-workflows.ts";
export type { RunsOfKinds } from "./add-workflows.ts";
export { workflowRunReport } from "./run-report.ts";
export type { StepReport, WorkflowRunReport } from "./run-report.ts";
