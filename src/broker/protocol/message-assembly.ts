import type { MemoryBudget } from "../node/memory-budget.ts";
import type { AmqpError } from "./protocol-fault.ts";

/** Every frame of a message costs work besides its bytes, so those of a long message must have some. */
const LEAST_BYTES_OF_FRAME = 256;
const FIRST_CAPACITY = 4096;
const NOTHING: Buffer = Buffer.alloc(0);

/** Puts a message together that comes in several frames, within its limit and the connection's memory. */
export class MessageAssembly {
  readonly #maxBytes: number;
  readonly #budget: MemoryBudget;
  /** Its capacity is reserved in the budget. */
  #buffer: Buffer = NOTHING;
  #size = 0;
  #frames = 0;
  /** There was no memory for it: it is read to its end and thrown away. */
  #isLost = false;

  constructor(maxBytes: number, budget: MemoryBudget) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** Adds the payload of one frame, or says why the link cannot go on. */
  add(piece: Buffer): AmqpError | undefined {
    const size = this.#size + piece.length;
    this.#frames++;
    if (size > this.#maxBytes || this.#frames > this.#maxBytes / LEAST_BYTES_OF_FRAME + 1) {
      return tooLarge(this.#maxBytes);
    }
    this.#isLost ||= size > this.#buffer.length && !this.#grow(size);
    if (this.#isLost) this.#releaseBuffer();
    else piece.copy(this.#buffer, this.#size);
    this.#size = size;
    return undefined;
  }

  /** The message, or its size where there was no memory for it; what was reserved for it here is free. */
  take(): Buffer | number {
    const message = this.#isLost ? this.#size : this.#buffer.subarray(0, this.#size);
    this.drop();
    return message;
  }

  /** Forgets everything. */
  drop(): void {
    this.#releaseBuffer();
    this.#size = 0;
    this.#frames = 0;
    this.#isLost = false;
  }

  #releaseBuffer(): void {
    this.#budget.release(this.#buffer.length);
    this.#buffer = NOTHING;
  }

  /** Doubles at least, so that the copies together are not more than the message. */
  #grow(size: number): boolean {
    const wanted = Math.min(this.#maxBytes, Math.max(FIRST_CAPACITY, size, this.#buffer.length * 2));
    const capacity = [wanted, size].find((bytes) => this.#budget.reserve(bytes - this.#buffer.length));
    if (capacity === undefined) return false;
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(larger, 0, 0, this.#size);
    this.#buffer = larger;
    return true;
  }
}

/** What ends the link of a publisher whose message is too large. */
export function tooLarge(maxBytes: number): AmqpError {
  return {
    condition: "amqp:link:message-size-exceeded",
    description: `a message has more than ${maxBytes} bytes (maxMessageBytes), or comes in too small pieces`,
  };
}

/** Why a message is rejected for which there is no memory. */
export function noMemory(): AmqpError {
  return {
    condition: "amqp:resource-limit-exceeded",
    description: "there is no memory for the message (maxTotalBytes, maxIncompleteBytes)",
  };
}
