/**
 * `queued`: wants to begin. `running`: somebody has it, until its lease ends. `waiting`: for its next attempt, or (a workflow) for its
 * steps. The others are ends.
 */
export type RunState = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

/** The states, in the order of a run's life. */
export const RUN_STATES: readonly RunState[] = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"];

/** Those that a run stays in, unless somebody asks for another try. */
export const END_STATES: readonly RunState[] = ["succeeded", "failed", "cancelled"];

/** What an action is called with. */
export interface ActionEvent {
  /** `rows` when a request brought the content, else the event type in the words of its XSD file. */
  readonly type: string;
  /** Data of JSON: rows; or what the query of a trigger gave; or the event in its object form. */
  readonly content: unknown;
  /** The document as it was sent, for events of the bus. */
  readonly xml?: string;
}

/** What has started a run. */
export interface RunTrigger {
  readonly kind: "http" | "event" | "schedule" | "action" | "workflow" | "run";
  /** Id of the trigger (of a listener, for events), where there is one. */
  readonly id?: string;
  /** Id of the run that it followed, that it is a step of, or that it repeats. */
  readonly run?: string;
  /** Id of the API key that asked for it. */
  readonly who?: string;
}

/** A run that is to be recorded. */
export interface NewRun {
  /** What carries it out: `action`, `workflow`, `delay`, … */
  readonly kind: string;
  /** Id of the action or workflow. */
  readonly subject: string;
  /** Its name, for people; kept with the run. */
  readonly name: string;
  /** At most one run of a subject has this key: the same key again is the same run. Default: the run's id. */
  readonly key?: string | undefined;
  readonly event: ActionEvent;
  readonly trigger: RunTrigger;
  /** Message id of the event of the bus that is at the beginning of it all. */
  readonly eventId?: string | undefined;
  /** Id of the run that this one is a step of, and which step. There is one run for each step of a parent. */
  readonly parent?: string | undefined;
  readonly step?: string | undefined;
  /** What the kind needs besides: the definition of a workflow as it was at the start. Data of JSON. */
  readonly definition?: unknown;
  /** How long an attempt may take, in ms. */
  readonly timeoutMs: number;
  /** A retry policy as text (docs/subscription.md). */
  readonly retry: string;
  /** Ms since 1970; default: now. */
  readonly dueAt?: number | undefined;
  /** How many runs stand before it in a chain of actions after actions. Default 0. */
  readonly depth?: number | undefined;
}

/** A step that is to be recorded. Without an event of its own it has that of its parent, which is kept once. */
export interface NewStep extends Omit<NewRun, "event"> {
  readonly event?: ActionEvent | undefined;
  readonly parent: string;
  readonly step: string;
}

/** Why a run has failed. */
export interface RunError {
  readonly code: string;
  readonly message: string;
}

/** What a run was given and gave; it may be megabytes, and is read where it is needed only. Data of JSON. */
export interface RunData {
  readonly event: ActionEvent;
  readonly definition: unknown;
  readonly output: unknown;
}

/** A run with all that is kept of it. */
export type RunWithData = Run & RunData;

/** A run as it is kept, without its {@link RunData}. Times are ms since 1970. */
export interface Run {
  /** 24 hexadecimal digits. */
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly name: string;
  readonly state: RunState;
  /** The same at every attempt. */
  readonly key: string;
  readonly trigger: RunTrigger;
  readonly eventId: string | undefined;
  readonly parent: string | undefined;
  readonly step: string | undefined;
  readonly timeoutMs: number;
  readonly retry: string;
  readonly depth: number;
  /** Attempts that were begun. */
  readonly attempts: number;
  /** Those that failed, since somebody asked for another try. */
  readonly failures: number;
  /** Attempts whose process ended with them, likewise. */
  readonly losses: number;
  readonly error: RunError | undefined;
  readonly createdAt: number;
  /** When the first attempt began, since somebody asked for another try. */
  readonly firstAt: number | undefined;
  /** When the last attempt began. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Queued or waiting: when it begins; running: when its lease ends; undefined: not by time. */
  readonly dueAt: number | undefined;
  /** Whether somebody wants it to end. */
  readonly isCancelled: boolean;
}

/** What became of one attempt; `begun`: a workflow goes on by its steps; `lost`: its process ended with it. */
export type RunAttemptOutcome = "begun" | "succeeded" | "failed" | "cancelled" | "lost" | "stopped";

/** One attempt of a run; without `endedAt` it has not ended. */
export interface RunAttempt {
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly outcome: RunAttemptOutcome | undefined;
  readonly error: RunError | undefined;
}

/** A line that the code of a run wrote. */
export interface RunLogLine {
  readonly attempt: number;
  readonly at: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
}

/** Which lines to read. */
export interface RunLogQuery {
  /** Those after the page that had this as `next`. */
  readonly after?: string | undefined;
  /** 1 to 500, which is the default. */
  readonly limit?: number | undefined;
}

/** Lines in their order; attempts that are left out have a line that says so. */
export interface RunLogPage {
  readonly items: readonly RunLogLine[];
  /** There are more: `after` of the next page. */
  readonly next?: string;
}

/** How a run ends. */
export type RunEnd =
  | { readonly state: "succeeded"; readonly output: unknown }
  | { readonly state: "failed"; readonly error: RunError }
  | { readonly state: "cancelled" };

/** Which runs to list, the latest first. */
export interface RunQuery {
  readonly subject?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: RunState | undefined;
  readonly parent?: string | undefined;
  readonly eventId?: string | undefined;
  /** Runs that come after this one in the list. */
  readonly before?: string | undefined;
  /** 1 to 1000. Default 50. */
  readonly limit?: number | undefined;
}

/** Whether it stays as it is. */
export function isEnded({ state }: Pick<Run, "state">): boolean {
  return END_STATES.includes(state);
}
