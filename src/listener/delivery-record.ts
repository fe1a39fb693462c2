/** `waiting`: for its first or next attempt; `delivered`; `dead`: a dead letter; `deleted`: a dead letter that somebody deleted. */
export type DeliveryState = "waiting" | "delivered" | "dead" | "deleted";

/** One try to deliver. Times are ms since 1970. */
export interface AttemptRow {
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: "delivered" | "failed" | "timed-out" | "aborted";
  readonly status: number | undefined;
  /** The beginning of the receiver's answer, at most 1 KiB; values of sensitive fields are masked. */
  readonly excerpt: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** What became of one event at one listener. */
export interface DeliveryRecord {
  readonly id: string;
  readonly listener: string;
  /** Message id of the event. */
  readonly eventId: string;
  /** Event type in the words of the XSD file: `repo.sync.start`. */
  readonly eventType: string;
  readonly subject: string;
  readonly state: DeliveryState;
  /** When the daemon had the event, and when its filter had matched. */
  readonly acceptedAt: number;
  readonly matchedAt: number;
  readonly attempts: readonly AttemptRow[];
  /** When the next attempt is due; undefined when there is none, or the listener does not deliver now. */
  readonly nextAttemptAt: number | undefined;
  /** Of a dead letter: `attempts`, `age`, `permanent`, `listener-full`, … */
  readonly reason: string | undefined;
  readonly error: string | undefined;
  /** How often somebody asked for another try of what was delivered or dead. */
  readonly redrives: number;
}

/** Which deliveries are wanted; what is given must hold. */
export interface DeliveryQuery {
  readonly listener?: string;
  readonly state?: DeliveryState;
  readonly eventId?: string;
  readonly reason?: string;
  /** Of one of these event types, as {@link DeliveryRecord.eventType} has them. */
  readonly eventTypes?: readonly string[];
  /** Those that come before this id in the list, which has the latest first. */
  readonly before?: string;
  /** Those that came after this id, with the oldest first; the empty text: from the first one. Not with `before`. */
  readonly after?: string;
  /** Default 50, at most 1000. */
  readonly limit?: number;
}
