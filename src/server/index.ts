export { configTables, formatConfig, InvalidConfigError, loadConfig } from "./config/index.ts";
export type {
  ConfigEntry,
  ConfigOption,
  ConfigProblem,
  ConfigSources,
  DaemonConfig,
  LoadedConfig,
} from "./config/index.ts";
export type {
  DeadLetter,
  DeadLetterChange,
  DeadLetterGroup,
  DeadLetterQuery,
  DeadLetters,
} from "./dead-letters/dead-letter.ts";
export { examine } from "./doctor/index.ts";
export type { ExamineOptions, Finding } from "./doctor/index.ts";
export type { HealthCheck, HealthReport } from "./health.ts";
export { daemonModules } from "./daemon/modules.ts";
export { startDaemon } from "./daemon/start-daemon.ts";
export type { Daemon, DaemonOptions } from "./daemon/start-daemon.ts";
export { LOG_LEVELS, openLog } from "./log/index.ts";
export type { Log, LogDetails, LogLevel, LogOptions, OpenLog } from "./log/index.ts";
export type { ArchivedPlace, EventTimeline, TracedRun } from "./api-client/index.ts";
export type { TaskletRecord, TaskletReport } from "./tasklet-records/index.ts";
export type { DaemonParts } from "./parts.ts";
export { workflowSource } from "./workflow-source.ts";
export type { WorkflowSource } from "./workflow-source.ts";
