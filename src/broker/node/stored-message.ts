import type { MemoryBudget } from "./memory-budget.ts";

/** Bytes that a copy takes in the account besides the message: its place in a queue and its delivery. */
const COPY_BYTES = 256;

/** A message in memory, shared by the subscriptions that have not finished with it. */
export class StoredMessage {
  /** The message as the publisher encoded it; nobody changes it. */
  readonly bytes: Buffer;
  readonly #budget: MemoryBudget;
  #copies: number;

  private constructor(bytes: Buffer, copies: number, budget: MemoryBudget) {
    this.bytes = bytes;
    this.#copies = copies;
    this.#budget = budget;
  }

  /**
   * Stores a message for that many subscriptions; undefined when there is too little memory for all of them.
   *
   * @param bytes are copied: they may be a small part of what was read from a socket, which must not stay in memory
   */
  static create(bytes: Buffer, copies: number, budget: MemoryBudget): StoredMessage | undefined {
    if (!budget.reserve(bytes.length + copies * COPY_BYTES)) return undefined;
    const own = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(own);
    return new StoredMessage(own, copies, budget);
  }

  /** A message of one queue that was accepted before, read back from the disk or made a dead letter: it is there whatever the limit says. */
  static adopt(bytes: Buffer, budget: MemoryBudget): StoredMessage {
    budget.take(bytes.length + COPY_BYTES);
    return new StoredMessage(bytes, 1, budget);
  }

  /** Gives back the memory of one copy, and of the message with the last of them. */
  releaseCopy(): void {
    this.#copies--;
    this.#budget.release(COPY_BYTES + (this.#copies === 0 ? this.bytes.length : 0));
  }
}
