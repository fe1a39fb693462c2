/** What became of one tasklet, or of all of a consumer, for one event at one attempt. */
export interface TaskletRecord {
  /** `<application>.<process>`. */
  readonly consumer: string;
  /** The module in its process folder; undefined: none of the consumer wanted the event. */
  readonly tasklet?: string | undefined;
  /** Message id; undefined: the event had none, and it is counted only. */
  readonly eventId?: string | undefined;
  /** Name of the event. */
  readonly eventType: string;
  /** Routing key. */
  readonly eventKey: string;
  /** From 1 on, by the broker's count. */
  readonly attempt: number;
  /** `aborted`: the consumer ended meanwhile, and the event comes again. */
  readonly outcome: TaskletOutcome;
  /** Ms since 1970, by the clock of the consumer. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** What may become of a tasklet. */
export const TASKLET_OUTCOMES = ["succeeded", "failed", "aborted", "unwanted"] as const;

/** One of {@link TASKLET_OUTCOMES}. */
export type TaskletOutcome = (typeof TASKLET_OUTCOMES)[number];

/** What a process with consumers tells a daemon. */
export interface TaskletReport {
  readonly records: readonly TaskletRecord[];
  /** Records that it could not keep until the daemon took them, since the report before. */
  readonly dropped?: number | undefined;
}
