import type { Place } from "../../store/message-store.ts";

/** Why a queue has given up a message. */
export type DeadLetterReason = "delivery-attempts" | "dropped-oldest" | "expired" | "rejected" | "undeliverable";

/** What is known of a message that a queue has given up. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  /** What the consumer said, where it was one that gave the message up. */
  readonly description?: string | undefined;
  /** Attempts that failed. */
  readonly failures: number;
}

/**
 * Takes what a queue gives up; the queue has no copy of it any more when the call returns.
 *
 * @param place where the message is on disk: to be removed there, or replaced
 */
export type TakeDeadLetter = (bytes: Buffer, letter: DeadLetter, place: Place | undefined) => void;
