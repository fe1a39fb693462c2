/** One thing that happened, for a structured log. It has no bodies of events and no secrets. */
export interface ListenerLogRecord {
  readonly level: "debug" | "info" | "warn" | "error";
  /** One sentence. */
  readonly message: string;
  /** Code of the error, where there is one. */
  readonly code?: string | undefined;
  /** Id of the listener. */
  readonly listener?: string | undefined;
  /** Id of the delivery. */
  readonly delivery?: string | undefined;
  /** Message id of the event. */
  readonly event?: string | undefined;
  readonly attempt?: number | undefined;
}
