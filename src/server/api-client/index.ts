export type {
  ApiKey,
  AuditEntry,
  AuditQuery,
  BrokerState,
  ArchivedPlace,
  EventTimeline,
  EventTypeDetails,
  EventTypeSummary,
  FilterCheckAnswer,
  FilterExplanation,
  FilterProblemAnswer,
  MessagesChanged,
  NewApiKey,
  PublishedEvent,
  TracedRun,
} from "./answers.ts";
export { ApiClient } from "./api-client.ts";
export type { FilterReading, SendingOptions, WorkflowEntry, WorkflowText } from "./api-client.ts";
export type { ApiClientOptions, ApiCredentials } from "./api-connection.ts";
export type { RunCalls, RunDetails } from "./run-calls.ts";
export { ApiError } from "./api-error.ts";
export type { ApiProblem } from "./api-error.ts";
export type { Deletion, NewTrigger, ShownTrigger } from "../triggers.ts";
export type {
  ArchiveBacktest,
  ArchiveCallOptions,
  ArchiveCalls,
  ArchiveChoice,
  ReplayRequest,
} from "./archive-calls.ts";
