import type { DeadLetter, DeadLetterQuery } from "./dead-letter.ts";

/** A dead letter where it is, and what can be done with it. */
export interface Letter extends Omit<DeadLetter, "bytes"> {
  /** The event as it was sent. @throws XqbusError when it is not there any more */
  document(): Promise<Uint8Array>;
  /** Whether somebody means this one by the name of a subscription, a queue or a listener. */
  isOf(subscription: string): boolean;
  /**
   * @param before how many go to the same one before it
   * @throws XqbusError when there is nobody to deliver it to any more, or no room
   */
  assertTarget(before: number): void;
  /** Delivers it again. @throws XqbusError with the reason why it cannot be */
  redrive(): Promise<void>;
}

/** A place where dead letters are. */
export interface LetterSource {
  /** What its ids begin with. */
  readonly prefix: string;
  /** Whether it can be one of its ids. */
  isId(id: string): boolean;
  /**
   * Those that are there at the time of the call, the oldest first.
   *
   * @param after id of this source; default: from the first one
   * @param asked others need not come
   */
  letters(after: string | undefined, asked: Pick<DeadLetterQuery, "subscription" | "eventId">): AsyncIterable<Letter>;
  /** Those of these ids that are there. */
  find(ids: readonly string[]): AsyncIterable<Letter>;
  /** @returns ids of those that were deleted */
  delete(letters: readonly Letter[]): Promise<readonly string[]>;
}
