/** `xqbus/action`: what actions and workflows are written with. Not part of the entry `xqbus`: it needs packages that are optional. */
export type {
  ActionContext,
  ActionEvent,
  ActionFunction,
  ActionLog,
  RunTrigger,
  WorkflowDefinition,
} from "../action/index.ts";
export { bulkInsert, connect, defineWorkflow, useDatabases } from "../action/index.ts";
export type { Destination, DestinationRow, InsertResult, InsertStats } from "../action/index.ts";
export { PermanentError, RetryLater } from "../subscription/index.ts";
