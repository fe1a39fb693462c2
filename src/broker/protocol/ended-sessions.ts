import { END } from "./performatives.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import { INCOMING_WINDOW } from "./session-windows.ts";

/** Frames that may still come for a session that the broker has ended: what a client had under way. */
const MAX_DISCARDED_FRAMES: number = 2 * INCOMING_WINDOW;

/** The sessions of a connection that the broker ended and whose client has not answered yet, by their channels. */
export class EndedSessions {
  /** Frames that have come since. */
  readonly #discarded = new Map<number, number>();

  has(channel: number): boolean {
    return this.#discarded.has(channel);
  }

  add(channel: number): void {
    this.#discarded.set(channel, 0);
  }

  /**
   * Throws away what the client had under way when the broker ended its session (AMQP 1.0, part 2.5.5).
   *
   * @param code descriptor of the frame that came
   * @throws ProtocolFault for a channel that has no session at all, and for a client that goes on and on
   */
  discard(channel: number, code: number): void {
    const discarded = this.#discarded.get(channel);
    if (discarded === undefined) throw new ProtocolFault("amqp:not-allowed", `channel ${channel} has no session`);
    if (code === END) {
      this.#discarded.delete(channel);
      return;
    }
    if (discarded >= MAX_DISCARDED_FRAMES) {
      throw new ProtocolFault("amqp:illegal-state", `channel ${channel} is used although its session was ended`);
    }
    this.#discarded.set(channel, discarded + 1);
  }

  clear(): void {
    this.#discarded.clear();
  }
}
