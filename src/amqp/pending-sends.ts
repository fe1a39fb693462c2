import type { XqbusError } from "../errors.ts";
import { Backoff } from "./backoff.ts";
import type { Deadline } from "./deadline.ts";
import { RefusedError } from "./errors.ts";
import { refusalOf, willPass, type SendOutcome } from "./send-outcome.ts";
import type { RefusalOptions } from "./publisher-options.ts";
import { SendQueue } from "./send-queue.ts";

/** What a broker ends a link with that has brought a message larger than it takes (AMQP 1.0, part 2.8.17). */
const TOO_LARGE = "amqp:link:message-size-exceeded";

/** The link that messages leave by. */
export interface SendPort {
  /** The largest message that the broker takes by this link, in bytes (AMQP 1.0, part 2.7.3: max-message-size); Infinity where it names none. */
  readonly maxMessageBytes: number;
  /** Whether the broker has given credit for one more message. */
  ready(): boolean;
  /** Hands one message over; the outcome comes under the delivery's id. */
  transfer(message: Buffer): number;
}

/** A message without an outcome. */
export interface PendingSend {
  readonly message: Buffer;
  readonly finish: (error?: XqbusError) => void;
  readonly maxAttempts: number;
  /** Nobody waits for it any more, and it must not be sent again. */
  forgotten: boolean;
  backoff: Backoff | undefined;
  refusals: number;
}

/**
 * The messages that were given to {@link PendingSends.send} and have no outcome yet, over all connections: those that wait for credit,
 * in their order, those in flight by delivery id, and those that the broker refused for the moment.
 *
 * A message is handed over only under credit; rhea would queue it in the session, forget it with the connection, and say nothing. What
 * was in flight when a connection is lost goes out again on the next one, first and in its order, the same bytes.
 */
export class PendingSends {
  readonly #refusalOptions: RefusalOptions;
  #port: SendPort | undefined;
  readonly #waiting: SendQueue<PendingSend> = new SendQueue();
  readonly #inFlight: Map<number, PendingSend> = new Map();
  readonly #delayed: Map<PendingSend, NodeJS.Timeout> = new Map();
  #closed: XqbusError | undefined;
  #transferred = 0;
  #answered = 0;

  constructor(refusalOptions: RefusalOptions) {
    this.#refusalOptions = refusalOptions;
  }

  /** Messages without an outcome. */
  get size(): number {
    return this.#waiting.size + this.#inFlight.size + this.#delayed.size;
  }

  /** What moves, for who watches whether it does. */
  get progress(): {
    readonly waiting: number;
    readonly inFlight: number;
    readonly transferred: number;
    readonly answered: number;
  } {
    const { size: waiting } = this.#waiting;
    return { waiting, inFlight: this.#inFlight.size, transferred: this.#transferred, answered: this.#answered };
  }

  /**
   * Sends an encoded message; resolves when the broker has accepted it.
   *
   * @throws RefusedError the broker will not take it; the deadline's error (a message in flight may still arrive then); the error
   * given to {@link PendingSends.reject} or {@link PendingSends.close}
   */
  send(message: Buffer, deadline: Deadline): Promise<void> {
    if (deadline.error !== undefined) return Promise.reject(deadline.error);
    return new Promise<void>((resolve, reject) => {
      let forget = (): void => undefined;
      const pending = this.add(message, (error) => {
        forget();
        if (error === undefined) resolve();
        else reject(error);
      });
      if (pending === undefined) return;
      forget = deadline.onEnd((error) => {
        reject(error);
        this.#forget(pending);
      });
    });
  }

  /**
   * Sends an encoded message; `finish` is called once, with the error if the broker has not accepted it.
   *
   * @param maxAttempts sendings in all when the broker refuses it for the moment; default: the option
   */
  add(
    message: Buffer,
    finish: (error?: XqbusError) => void,
    maxAttempts: number = this.#refusalOptions.maxAttempts,
  ): PendingSend | undefined {
    if (this.#closed !== undefined) {
      finish(this.#closed);
      return undefined;
    }
    const pending: PendingSend = { message, finish, maxAttempts, forgotten: false, backoff: undefined, refusals: 0 };
    this.#waiting.push(pending);
    this.pump();
    return pending;
  }

  /** Why nothing is sent any more. */
  get closed(): XqbusError | undefined {
    return this.#closed;
  }

  /** Sends by this link from now on. */
  attach(port: SendPort): void {
    this.#port = port;
    this.pump();
  }

  /** The link is gone: what was in flight waits for the next one. */
  detach(): void {
    this.#port = undefined;
    const again = [...this.#inFlight.values()].filter(({ forgotten }) => !forgotten);
    this.#inFlight.clear();
    this.#waiting.unshift(again);
  }

  /**
   * The link was lost with `error`. If the broker ended it because a message was too large, that one fails, as it would end every link to
   * come and hold up all others: it is the largest in flight, because whatever is larger than the limit is not larger than that.
   */
  refuseTooLarge(error: XqbusError): void {
    if (error.code !== TOO_LARGE) return;
    let largest: [number, PendingSend] | undefined;
    for (const each of this.#inFlight) {
      if (largest === undefined || each[1].message.length > largest[1].message.length) largest = each;
    }
    if (largest === undefined) return;
    const [delivery, { message, forgotten, finish }] = largest;
    this.#inFlight.delete(delivery);
    if (!forgotten) finish(tooLarge(message, error.message, error));
  }

  /** Hands over what waits, as far as there is credit. To be called whenever there may be some. */
  pump(): void {
    while (this.#waiting.size > 0 && this.#port?.ready() === true) {
      const port = this.#port;
      const pending = this.#waiting.shift();
      if (pending === undefined) return;
      if (pending.message.length > port.maxMessageBytes) {
        pending.finish(tooLarge(pending.message, `its limit for this link is ${port.maxMessageBytes} bytes`));
        continue;
      }
      this.#transferred++;
      this.#inFlight.set(port.transfer(pending.message), pending);
    }
  }

  /** The broker's answer for one delivery by this link; unknown deliveries are ignored. */
  settle(port: SendPort, delivery: number, outcome: SendOutcome): void {
    const pending = port === this.#port ? this.#inFlight.get(delivery) : undefined;
    if (pending === undefined) return;
    this.#inFlight.delete(delivery);
    this.#answered++;
    if (outcome.kind === "accepted") pending.finish();
    else this.#refused(pending, outcome);
    this.pump();
  }

  /** Rejects what waits for credit. */
  rejectWaiting(error: XqbusError): void {
    for (const each of this.#waiting.takeAll()) each.finish(error);
  }

  /** Rejects everything that is pending: what was not sent, and what has no answer. */
  reject(waiting: XqbusError, inFlight: XqbusError): void {
    const pending = [...this.#inFlight.values()].map((each) => [each, inFlight] as const);
    for (const each of [...this.#waiting.takeAll(), ...this.#delayed.keys()]) pending.push([each, waiting]);
    for (const timer of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#inFlight.clear();
    for (const [each, error] of pending) each.finish(error);
  }

  /** Rejects everything that is pending, and what is sent from now on. */
  close(waiting: XqbusError, inFlight: XqbusError): void {
    this.#closed ??= waiting;
    this.reject(waiting, inFlight);
  }

  #forget(pending: PendingSend): void {
    // One in flight keeps its place: its credit is used, and its outcome is yet to come.
    pending.forgotten = true;
    this.#waiting.remove(pending);
    clearTimeout(this.#delayed.get(pending));
    this.#delayed.delete(pending);
  }

  #refused(pending: PendingSend, outcome: SendOutcome): void {
    if (pending.forgotten) return;
    if (!willPass(outcome) || ++pending.refusals >= pending.maxAttempts) {
      pending.finish(refusalOf(outcome));
      return;
    }
    pending.backoff ??= new Backoff(this.#refusalOptions);
    const again = (): void => {
      this.#delayed.delete(pending);
      this.#waiting.unshift([pending]);
      this.pump();
    };
    this.#delayed.set(pending, setTimeout(again, pending.backoff.next()));
  }
}

function tooLarge({ length }: Buffer, why: string, cause?: XqbusError): RefusedError {
  const description = cause instanceof RefusedError ? cause.description : undefined;
  return new RefusedError(`the broker takes no message of ${length} bytes: ${why}`, {
    condition: TOO_LARGE,
    description,
    ...(cause === undefined ? {} : { cause }),
  });
}
