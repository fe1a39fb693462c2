/** Bounds of one queue, and what happens at them. Every queue has them: named ones, subscriptions, dead letters. */
export interface QueueOptions {
  /** Messages, those that consumers have not settled included. */
  readonly maxMessages: number;
  /** Bytes of these messages. */
  readonly maxBytes: number;
  /** What happens to a message for which there is no room: it is refused, or the oldest waiting ones make room. */
  readonly whenFull: "reject" | "drop-oldest";
  /** Failed attempts to deliver one message, after which it is given up. */
  readonly maxDeliveryAttempts: number;
  /** Ms after which a message is given up, whatever it says itself; undefined for never. */
  readonly maxAgeMs?: number | undefined;
}
