/** What happens with times that have passed while no daemon ran: nothing, one run for all of them, or one for each. */
export type CatchUp = "none" | "one" | "all";

/** Type of the event of a run that a schedule starts. */
export const SCHEDULED = "schedule";

/** When a schedule starts what it starts. */
export interface ScheduleInput {
  readonly kind: "schedule";
  /** Five fields of cron, or six with seconds before them. */
  readonly cron: string;
  /** IANA name; default `UTC`. */
  readonly timeZone?: string | undefined;
  /** Default `one`. */
  readonly catchUp?: CatchUp | undefined;
  /** Content of the event; default: none (`null`). */
  readonly content?: unknown;
}

/** After which runs of another action or workflow it is started. */
export interface AfterInput {
  readonly kind: "action";
  /** Id or name of the other one. */
  readonly after: string;
  /** Default `success`. */
  readonly on?: "success" | "failure" | "end" | undefined;
}

/** What a user says of a trigger that is kept with the actions; those by events are listeners. */
export type TriggerInput = ScheduleInput | AfterInput;

/** A schedule as it is kept. */
export interface ScheduleDefinition {
  readonly kind: "schedule";
  readonly cron: string;
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  readonly content: unknown;
}

/** What follows other runs, as it is kept. */
export interface AfterDefinition {
  readonly kind: "action";
  /** Id of the other one, and its name at that time. */
  readonly after: string;
  readonly afterName: string;
  readonly on: "success" | "failure" | "end";
}

/** A trigger as it is kept. */
export interface Trigger {
  /** 24 hexadecimal digits. */
  readonly id: string;
  /** Id of what it starts. */
  readonly subject: string;
  readonly definition: ScheduleDefinition | AfterDefinition;
  /** Of a schedule: ms since 1970. */
  readonly nextAt: number | undefined;
  readonly createdAt: number;
}
