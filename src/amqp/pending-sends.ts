import type { XqbusError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { RefusedError } from "./errors.ts";

/** The link that messages leave by. */
export interface SendPort {
  /** Whether the broker has given credit for one more message. */
  ready(): boolean;
  /** Hands one message over; the outcome comes under the delivery's id. */
  transfer(message: Buffer): number;
}

/** What the broker answers (AMQP 1.0, part 3.4); `none` is a settlement that says nothing. */
export type SendOutcome =
  | { readonly kind: "accepted" | "released" | "modified" | "none" }
  | { readonly kind: "rejected"; readonly condition: string | undefined; readonly description: string | undefined };

interface PendingSend {
  readonly message: Buffer;
  readonly finish: (error?: XqbusError) => void;
}

/**
 * The messages that were given to {@link PendingSends.send} and have no outcome yet: those that wait for credit, in their
 * order, and those in flight by delivery id. A message is handed over only under credit; rhea would queue it in the
 * session, forget it with the connection, and say nothing.
 */
export class PendingSends {
  readonly #port: SendPort;
  readonly #waiting: Set<PendingSend> = new Set();
  readonly #inFlight: Map<number, PendingSend> = new Map();
  #failure: { waiting: XqbusError; inFlight: XqbusError } | undefined;

  constructor(port: SendPort) {
    this.#port = port;
  }

  /** Messages without an outcome. */
  get size(): number {
    return this.#waiting.size + this.#inFlight.size;
  }

  /**
   * Sends an encoded message; resolves when the broker has accepted it.
   *
   * @throws RefusedError any other outcome; the deadline's error (a message in flight may still arrive then); the error
   * given to {@link PendingSends.fail}
   */
  async send(message: Buffer, deadline: Deadline): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.waiting;
    await new Promise<void>((resolve, reject) => {
      const pending: PendingSend = {
        message,
        finish: (error) => {
          forget();
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#waiting.add(pending);
      const forget = deadline.onEnd((error) => {
        reject(error);
        // One in flight keeps its place: its credit is used, and its outcome is yet to come.
        this.#waiting.delete(pending);
      });
      this.pump();
    });
  }

  /** Hands over what waits, as far as there is credit. To be called whenever there may be some. */
  pump(): void {
    for (const pending of this.#waiting) {
      if (this.#failure !== undefined || !this.#port.ready()) return;
      this.#waiting.delete(pending);
      this.#inFlight.set(this.#port.transfer(pending.message), pending);
    }
  }

  /** The broker's answer for one delivery; unknown deliveries are ignored. */
  settle(delivery: number, outcome: SendOutcome): void {
    const pending = this.#inFlight.get(delivery);
    if (pending === undefined) return;
    this.#inFlight.delete(delivery);
    pending.finish(refusal(outcome));
    this.pump();
  }

  /** No outcome will come any more: rejects everything, and everything that is sent from now on. */
  fail(waiting: XqbusError, inFlight: XqbusError): void {
    if (this.#failure !== undefined) return;
    this.#failure = { waiting, inFlight };
    for (const pending of this.#inFlight.values()) pending.finish(inFlight);
    for (const pending of this.#waiting) pending.finish(waiting);
    this.#inFlight.clear();
    this.#waiting.clear();
  }
}

function refusal(outcome: SendOutcome): RefusedError | undefined {
  switch (outcome.kind) {
    case "accepted":
      return undefined;
    case "rejected": {
      const { condition, description } = outcome;
      const reason = [description, condition && `(${condition})`].filter(Boolean).join(" ");
      return new RefusedError(`the broker refused the event: ${reason || "it gave no reason"}`, outcome);
    }
    case "released":
      return new RefusedError("the broker gave the event back unchanged (released): it did not take it; it may later");
    case "modified":
      return new RefusedError("the broker gave the event back (modified): it tried to take it and failed");
    case "none":
      return new RefusedError("the broker settled the event without saying whether it took it");
  }
}
