export type { Action, ActionInput } from "./action.ts";
export { ActionService } from "./action-service.ts";
export type { ActionServiceOptions, StartRequest } from "./action-service.ts";
export type { ActionContext, ActionFunction, ActionLog } from "./child/action-context.ts";
export { bulkInsert, connect, useDatabases } from "./destination/index.ts";
export type { Destination, DestinationRow, InsertResult, InsertStats } from "./destination/index.ts";
export { attemptGaps, END_STATES, isEnded, isId, RUN_STATES } from "./run/index.ts";
export type {
  ActionEvent,
  Run,
  RunAttempt,
  RunAttemptReport,
  RunCounts,
  RunLogLine,
  RunLogPage,
  RunLogQuery,
  RunPage,
  RunQuery,
  RunState,
  RunTrigger,
  RunWithData,
} from "./run/index.ts";
export type { FindStartable, Startable } from "./startable.ts";
export type {
  AfterDefinition,
  AfterInput,
  CatchUp,
  ScheduleDefinition,
  ScheduleInput,
  Trigger,
  TriggerInput,
} from "./trigger/trigger.ts";
export { queryContent } from "./workflow/query-content.ts";
export {
  checkWorkflow,
  defineWorkflow,
  InvalidWorkflowError,
  WORKFLOW,
  workflowMermaid,
  workflowRunReport,
} from "./workflow/index.ts";
export type {
  CheckOptions,
  DefinitionText,
  StepReport,
  Workflow,
  WorkflowDefinition,
  WorkflowInput,
  WorkflowProblem,
  WorkflowQuery,
  WorkflowRunReport,
  Workflows,
  WorkflowStep,
  WorkflowStepInput,
} from "./workflow/index.ts";
export { WORK_TABLES } from "./work-database.ts";
