import type { SessionFlow } from "./frame-writer.ts";
import type { BeginFrame, FlowFrame } from "./performatives.ts";
import { SessionFault } from "./protocol-fault.ts";
import { advance, distance, MAX_SERIAL } from "./serial-number.ts";

/** Transfer frames that a client may send before it needs a flow. */
export const INCOMING_WINDOW = 2048;
/** The broker sends as many frames as its peer takes. */
export const OUTGOING_WINDOW = 0x7fff_ffff;

/** The transfer windows of a session in both directions (AMQP 1.0, part 2.5.6). */
export class SessionWindows {
  #nextIncomingId: number;
  /** Frames that the peer may still send, as it was told. */
  #incomingWindow = INCOMING_WINDOW;
  readonly #initialOutgoingId: number;
  #nextOutgoingId: number;
  /** Frames that the peer still takes. */
  #remoteIncomingWindow: number;

  constructor({ nextOutgoingId, incomingWindow }: BeginFrame, initialOutgoingId: number) {
    this.#nextIncomingId = nextOutgoingId;
    this.#remoteIncomingWindow = incomingWindow;
    this.#initialOutgoingId = this.#nextOutgoingId = initialOutgoingId;
  }

  get canSend(): boolean {
    return this.#remoteIncomingWindow > 0;
  }

  /** Whether the peer should be told that it may send more. */
  get isHalfUsed(): boolean {
    return this.#incomingWindow <= INCOMING_WINDOW / 2;
  }

  /** One frame was sent. */
  countSent(): void {
    this.#nextOutgoingId = advance(this.#nextOutgoingId);
    this.#remoteIncomingWindow--;
  }

  /** One frame came. @throws SessionFault `amqp:session:window-violation` */
  countReceived(): void {
    if (this.#incomingWindow === 0) {
      throw new SessionFault(
        "amqp:session:window-violation",
        `a transfer came outside the session's window of ${INCOMING_WINDOW} frames`,
      );
    }
    this.#incomingWindow--;
    this.#nextIncomingId = advance(this.#nextIncomingId);
  }

  /** Takes the peer's window. A peer that has not seen the begin does not know where ids start. */
  onFlow({ nextIncomingId, incomingWindow }: FlowFrame): void {
    const ahead = distance(nextIncomingId ?? this.#initialOutgoingId, this.#nextOutgoingId);
    this.#remoteIncomingWindow = Math.min(MAX_SERIAL, Math.max(0, ahead + incomingWindow));
  }

  /** What a flow tells; the peer's window is full again. */
  open(): SessionFlow {
    this.#incomingWindow = INCOMING_WINDOW;
    return {
      nextIncomingId: this.#nextIncomingId,
      incomingWindow: this.#incomingWindow,
      nextOutgoingId: this.#nextOutgoingId,
      outgoingWindow: OUTGOING_WINDOW,
    };
  }
}
