import type { Sender } from "rhea";
import type { XqbusError } from "../../errors.ts";
import type { BusConnection } from "../connection.ts";
import { inWords, peerError } from "../connection-errors.ts";
import type { Deadline } from "../deadline.ts";
import { RefusedError } from "../errors.ts";
import { PendingSends } from "../pending-sends.ts";
import { isAttached } from "../rhea-internals.ts";
import { openSender, portOf } from "../sender-link.ts";
import { REFUSALS } from "./request-queue.ts";

/** Links that are kept for the next answer to the same address. */
const MAX_LINKS = 100;

interface ReplyLink {
  readonly sender: Sender;
  readonly sends: PendingSends;
  readonly attached: Promise<void>;
  /** Answers that wait for it. */
  busy: number;
}

/**
 * The way back to callers on one connection: a sender for each address, kept for the next answer. An address that is gone, as its caller
 * is, is no fault of the connection.
 */
export class ReplyLinks {
  readonly #connection: BusConnection;
  /** By address, the one that was used last at the end. */
  readonly #links: Map<string, ReplyLink> = new Map();

  constructor(connection: BusConnection) {
    this.#connection = connection;
  }

  /**
   * Sends an answer; resolves when the broker has it.
   *
   * @throws RefusedError nobody receives there any more; NotConnectedError, TimeoutError
   */
  async send(address: string, message: Buffer, deadline: Deadline): Promise<void> {
    const link = this.#links.get(address) ?? this.#attach(address);
    this.#links.delete(address);
    this.#links.set(address, link);
    this.#dropOldest();
    link.busy++;
    try {
      await deadline.race(link.attached);
      await link.sends.send(message, deadline);
    } finally {
      link.busy--;
    }
  }

  #attach(address: string): ReplyLink {
    const sender = openSender(this.#connection, { address });
    const sends = new PendingSends(REFUSALS);
    const attached = new Promise<void>((resolve, reject) => {
      let forget = (): void => undefined;
      const gone = (error: XqbusError): void => {
        forget();
        reject(error);
        sends.close(error, error);
        if (this.#links.get(address)?.sender === sender) this.#links.delete(address);
      };
      sender.on("sender_open", () => {
        // A refusal is an attach without the terminus, followed by a detach with the reason (AMQP 1.0, part 2.6.3).
        if (!isAttached(sender)) return;
        sends.attach(portOf(sender, sends));
        resolve();
      });
      sender.on("sender_close", () => gone(this.#refused(sender)));
      forget = this.#connection.onLost(gone);
    });
    // Whoever sends hears of it; between two answers nobody does.
    attached.catch(() => undefined);
    return { sender, sends, attached, busy: 0 };
  }

  #refused(sender: Sender): RefusedError {
    const error = peerError(sender.error);
    return new RefusedError(`the broker at ${this.#connection.place} takes no answers there: ${inWords(error)}`, error);
  }

  #dropOldest(): void {
    for (const [address, { sender, busy }] of this.#links) {
      if (this.#links.size <= MAX_LINKS) return;
      if (busy > 0) continue;
      this.#links.delete(address);
      sender.close();
    }
  }
}
