/** What became of a message before it was complete. */
export type TransferFault = "too-large" | "aborted";

/**
 * A received message that still wants its outcome (AMQP 1.0, part 3.4). After the first outcome the others do nothing, nor does any when
 * the connection is lost.
 */
export interface IncomingDelivery {
  /** The encoded message; the beginning of it when there is a fault. */
  readonly message: Uint8Array;
  readonly fault: TransferFault | undefined;
  /** Its connection is lost: the broker delivers it again. */
  readonly isLost: boolean;
  /** Whether the broker has evaluated the filter, exactly, and it matches. */
  readonly isFiltered: boolean;
  accept(): void;
  /** Never deliver it again (most brokers: make it a dead letter). */
  reject(condition: string, description: string): void;
  /** It failed here; deliver it again. */
  retry(): void;
  /** It was not looked at; deliver it again. */
  release(): void;
}
