import type { Place } from "../../store/message-store.ts";
import type { StoredMessage } from "../stored-message.ts";

/** Where a message of a queue is: it waits, waits for its time, is with a consumer, or has left the queue. */
export type EntryState = "waiting" | "delayed" | "acquired" | "gone";

/** One queue's place for a message. */
export interface Entry {
  readonly message: StoredMessage;
  /** Where it is on disk; undefined for a message that is in memory only. */
  readonly place: Place | undefined;
  /** 0 to 9, the more the sooner (AMQP 1.0, part 3.2.1). */
  readonly priority: number;
  /** Ms since 1970. */
  readonly arrivedAt: number;
  /** Ms since 1970; undefined for a message that stays. */
  readonly expiresAt: number | undefined;
  /** Grows in the order in which messages became available. */
  sequence: number;
  state: EntryState;
  /** Attempts that failed so far. */
  failures: number;
  /** Whether it was sent before. */
  sent: boolean;
  /** Its neighbours in its lane. */
  previous: Entry | undefined;
  next: Entry | undefined;
}

/** What a message says about its place in a queue. */
export interface Arrival {
  readonly priority: number;
  readonly expiresAt: number | undefined;
  /** Ms since 1970; undefined for now. */
  readonly deliverAt: number | undefined;
}
