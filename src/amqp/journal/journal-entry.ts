/** An event in a send journal that the broker has not accepted yet. */
export interface JournalEntry {
  /** Its place in the order of sending. */
  readonly sequence: number;
  readonly messageId: string;
  /** The routing key, with the name of the event at its end. */
  readonly subject: string;
  /** When it was taken on, in ms since 1970. */
  readonly enqueuedAt: number;
  /** When its time to live ends, in ms since 1970. */
  readonly expiresAt: number | undefined;
  /** The encoded message. */
  readonly message: Buffer;
}

/** An event in a send journal that will not be sent again by itself: the broker does not want it, or it came too late. */
export interface RefusedEvent {
  /** Names it for retry and delete. */
  readonly id: number;
  readonly messageId: string;
  /** The routing key, with the name of the event at its end. */
  readonly subject: string;
  /** When it was taken on. */
  readonly enqueuedAt: Date;
  readonly refusedAt: Date;
  /** The broker's condition (`amqp:not-allowed`), or a code of ours. */
  readonly code: string;
  /** In words. */
  readonly reason: string;
  /** Size of the encoded message in bytes. */
  readonly bytes: number;
}

/** How much a send journal holds. */
export interface JournalCounts {
  /** Events that the broker has not accepted yet. */
  readonly waiting: number;
  /** Events that were moved aside. */
  readonly refused: number;
  /** Bytes of the messages of both. */
  readonly bytes: number;
}
