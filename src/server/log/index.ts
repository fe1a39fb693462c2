export { LOG_LEVELS } from "./log.ts";
export type { Log, LogDetails, LogLevel } from "./log.ts";
export { openLog } from "./open-log.ts";
export type { LogOptions, OpenLog } from "./open-log.ts";
