import type { Sender, Session } from "rhea";
import { FrameOutput } from "./frame-output.ts";
import type { SendPort } from "./pending-sends.ts";
import { linkState, maxMessageBytesOf, replaceOutgoing, targetOf, type LinkState } from "./rhea-internals.ts";
import type { SendOutcome } from "./send-outcome.ts";

/** Bytes of a frame that are no payload, generously. */
const FRAME_OVERHEAD = 64;
/** Largest number of deliveries that one disposition may name. */
const MAX_DISPOSITION_RANGE = 65_536;

/** What the broker says of deliveries. */
export interface RemoteOutcome {
  readonly outcome: SendOutcome;
  /** Its descriptor, for the answer. */
  readonly code: number;
}

/** Who sends by a link, and hears of what the broker does. */
export interface OutgoingListener {
  /** There may be room for more. */
  onRoom(): void;
  /** Of any delivery of the session: only its sender knows it. */
  onOutcome(deliveryId: number, outcome: SendOutcome): void;
}

interface Rest {
  readonly handle: number;
  readonly deliveryId: number;
  readonly message: Uint8Array;
  readonly start: number;
}

/**
 * The sending half of a session in place of rhea's, which makes a dozen objects for each message: delivery ids, the session's window,
 * transfer frames and the broker's outcomes (AMQP 1.0, parts 2.5.6 and 2.6.12).
 */
export class OutgoingTransfers {
  readonly #output: FrameOutput;
  readonly #maxPayload: number;
  readonly #listeners: Set<OutgoingListener> = new Set();
  #nextDelivery = 0;
  #nextTransfer = 0;
  /** Frames that the broker takes; negative when it has made its window smaller. */
  #window = 0;
  /** What is left of a message that the window was too small for. */
  #rest: Rest | undefined;

  private constructor(session: Session) {
    const { socket, channel, maxFrameBytes } = targetOf(session);
    this.#output = new FrameOutput(socket, channel);
    this.#maxPayload = maxFrameBytes - FRAME_OVERHEAD;
    replaceOutgoing(session, this);
  }

  /** A way to send by this link, which is being attached; all of a session share one sending half. */
  static portOf(sender: Sender, listener: OutgoingListener): SendPort {
    const transfers = ofSession.get(sender.session) ?? new OutgoingTransfers(sender.session);
    ofSession.set(sender.session, transfers);
    return transfers.#link(sender, listener);
  }

  /** The number of the next frame, for flows of this session. */
  get nextTransferId(): number {
    return this.#nextTransfer;
  }

  /**
   * The broker's incoming window of the session.
   *
   * @param next the number of the frame that it expects; undefined before it had any
   */
  onWindow(window: number, next: number = 0): void {
    this.#window = window - ((this.#nextTransfer - next) | 0);
    const rest = this.#rest;
    if (rest !== undefined) {
      this.#rest = undefined;
      this.#write(rest);
    }
    for (const listener of this.#listeners) listener.onRoom();
  }

  /** @throws RangeError for billions of deliveries */
  onDisposition(first: number, last: number, settled: boolean, remote: RemoteOutcome | undefined): void {
    const more = (last - first) >>> 0;
    if (more > MAX_DISPOSITION_RANGE) throw new RangeError(`disposition of deliveries ${first} to ${last}`);
    const outcome = remote?.outcome ?? (settled ? NO_WORD : undefined);
    if (outcome === undefined) return;
    for (const listener of this.#listeners) {
      for (let index = 0; index <= more; index++) listener.onOutcome((first + index) >>> 0, outcome);
    }
    // A broker that waits for our settlement (receiver settle mode second) gets it, with its own word.
    if (!settled && remote !== undefined) this.#output.settle(first, last, remote.code);
  }

  #link(sender: Sender, listener: OutgoingListener): SendPort {
    const link: LinkState = linkState(sender);
    this.#listeners.add(listener);
    sender.on("sendable", () => listener.onRoom());
    sender.on("sender_close", () => {
      this.#listeners.delete(listener);
      // What has begun on a link ends with it.
      if (this.#rest?.handle === link.handle) this.#rest = undefined;
    });
    return {
      get maxMessageBytes() {
        return maxMessageBytesOf(sender);
      },
      ready: () => link.credit > 0 && this.#rest === undefined && this.#window > 0,
      transfer: (message) => {
        link.credit--;
        link.deliveryCount = (link.deliveryCount + 1) >>> 0;
        const deliveryId = this.#nextDelivery;
        this.#nextDelivery = (deliveryId + 1) >>> 0;
        this.#write({ handle: link.handle, deliveryId, message, start: 0 });
        return deliveryId;
      },
    };
  }

  #write({ handle, deliveryId, message, start: from }: Rest): void {
    let start = from;
    while (this.#window > 0) {
      const end = Math.min(message.length, start + this.#maxPayload);
      this.#output.transfer(handle, deliveryId, message, start, end);
      this.#nextTransfer = (this.#nextTransfer + 1) >>> 0;
      this.#window--;
      if (end === message.length) return;
      start = end;
    }
    this.#rest = { handle, deliveryId, message, start };
  }
}

const NO_WORD: SendOutcome = { kind: "none" };
const ofSession = new WeakMap<Session, OutgoingTransfers>();
