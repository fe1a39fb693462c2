export { TASKLET_OUTCOMES } from "./tasklet-record.ts";
export type { TaskletOutcome, TaskletRecord, TaskletReport } from "./tasklet-record.ts";
export { TaskletRecords } from "./tasklet-records.ts";
export type { TaskletRecordsOptions } from "./tasklet-records.ts";
