import { MAX_BACKLOG_BYTES } from "./rhea-socket.ts";
import type { RheaSocket } from "./rhea-socket.ts";
import type { RheaSession } from "./rhea-internals.ts";

/** Stands for a delivery tag: those that rhea makes are decimal numbers. */
const LONGEST_TAG = { length: 16 };

/**
 * How much more rhea may be given to send on one session.
 *
 * rhea sends in the order in which it was given messages: one that cannot leave holds up all links of the session. So it
 * only gets what can leave at once, or one message that leaves in part.
 */
export class SendWindow {
  readonly #session: RheaSession;
  readonly #socket: RheaSocket;
  /** Given to rhea and not written yet, in frames and bytes. */
  #pendingFrames = 0;
  #pendingBytes = 0;

  constructor(session: RheaSession, socket: RheaSocket) {
    this.#session = session;
    this.#socket = socket;
  }

  /**
   * Whether a message of that size may be sent now. `later`: ask again when what rhea was given in this tick has left.
   * `blocked`: ask again after the peer's next flow or disposition, or when the socket drains.
   */
  admits(bytes: number): "yes" | "later" | "blocked" {
    const { outgoing } = this.#session;
    const allWritten = outgoing.next_pending_delivery === outgoing.next_delivery_id;
    if (allWritten) {
      this.#pendingFrames = 0;
      this.#pendingBytes = 0;
    }
    if (outgoing.available() === 0) return "blocked";
    const room = outgoing.transfer_window() - this.#pendingFrames;
    if (!(allWritten ? room > 0 : room >= this.#framesOf(bytes))) {
      return !allWritten && this.isOpen ? "later" : "blocked";
    }
    if (this.#socket.backlog + this.#pendingBytes <= MAX_BACKLOG_BYTES) return "yes";
    return this.#socket.willDrain ? "blocked" : "later";
  }

  /** Whether the peer takes at least one more frame. */
  get isOpen(): boolean {
    return this.#session.outgoing.transfer_window() > 0;
  }

  /** Notes that a message of that size was given to rhea. */
  sent(bytes: number): void {
    this.#pendingFrames += this.#framesOf(bytes);
    this.#pendingBytes += bytes;
  }

  #framesOf(bytes: number): number {
    return Math.ceil(bytes / (this.#session.outgoing.compute_max_payload(LONGEST_TAG) ?? bytes));
  }
}
