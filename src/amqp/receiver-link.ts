import type { EventContext, Delivery, Receiver } from "rhea";
import { awaitAttach } from "./attach.ts";
import type { BusConnection } from "./connection.ts";
import { protocolViolation } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import { openCredit, withdrawCredit, type TransferFault } from "./rhea-internals.ts";

/** Characters of an outcome's description; a disposition must fit into one frame. */
const MAX_DESCRIPTION = 1_000;

/** RabbitMQ sends some messages more than it has credit for; what sends many more has lost its mind. */
const TOLERANCE = 100;

/** A received message that still wants its outcome (AMQP 1.0, part 3.4). After the first outcome the others do nothing. */
export interface IncomingDelivery {
  /** The encoded message; the beginning of it when there is a fault. */
  readonly message: Uint8Array;
  readonly fault: TransferFault | undefined;
  accept(): void;
  /** Never deliver it again (most brokers: make it a dead letter). */
  reject(condition: string, description: string): void;
  /** It failed here; deliver it again. */
  retry(): void;
  /** It was not looked at; deliver it again. */
  release(): void;
}

/**
 * A receiver on the domain's topic with a credit of its own: the broker may have at most `prefetch` messages on their way
 * to us and unsettled here, together.
 */
export class ReceiverLink {
  readonly #connection: BusConnection;
  readonly #receiver: Receiver;
  readonly #prefetch: number;
  #unsettled = 0;
  #stopped = false;

  /**
   * Attaches; deliveries begin with {@link ReceiverLink.start}.
   *
   * @throws RefusedError the broker knows no such topic, or does not let this user receive; else as `connection.wait`
   */
  static async attach(connection: BusConnection, prefetch: number, deadline: Deadline): Promise<ReceiverLink> {
    const { address, capabilities } = connection.dialect.subscribeTo(connection.url.domain);
    const receiver = connection.session.open_receiver({
      source: { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) },
      snd_settle_mode: 0,
      credit_window: 0,
      autoaccept: false,
    });
    await awaitAttach(connection, receiver, deadline);
    return new ReceiverLink(connection, receiver, prefetch);
  }

  private constructor(connection: BusConnection, receiver: Receiver, prefetch: number) {
    this.#connection = connection;
    this.#receiver = receiver;
    this.#prefetch = prefetch;
  }

  /** Gives the first credit and hands every message over as it comes. */
  start(onDelivery: (delivery: IncomingDelivery) => void): void {
    this.#receiver.on("message", (context: EventContext) => {
      const { delivery } = context;
      const message: unknown = context.message;
      if (delivery === undefined) return;
      if (++this.#unsettled > 2 * this.#prefetch + TOLERANCE) {
        const { url } = this.#connection;
        this.#connection.abandon(protocolViolation(url, new Error("it sends messages without credit")));
        return;
      }
      onDelivery(this.#incoming(delivery, message instanceof Uint8Array ? message : new Uint8Array()));
    });
    this.#replenish();
  }

  /** Asks the broker to send nothing more; what is on its way still arrives. */
  stop(): void {
    if (this.#stopped || this.#connection.ended !== undefined) return;
    this.#stopped = true;
    withdrawCredit(this.#receiver);
  }

  #incoming(delivery: Delivery, message: Uint8Array): IncomingDelivery {
    let settled = false;
    const settle = (outcome: () => void): void => {
      if (settled) return;
      settled = true;
      this.#unsettled--;
      // On a lost connection rhea would write into nothing; the broker delivers again by itself.
      if (this.#connection.ended !== undefined) return;
      outcome();
      this.#replenish();
    };
    return {
      message,
      fault: this.#connection.faultOf(this.#receiver),
      accept: () => settle(() => delivery.accept()),
      reject: (condition, description) => {
        settle(() => delivery.reject({ condition, description: description.slice(0, MAX_DESCRIPTION) }));
      },
      retry: () => {
        settle(() => {
          if (this.#connection.dialect.retryOutcome === "released") delivery.release();
          else delivery.modified({ delivery_failed: true, undeliverable_here: false });
        });
      },
      release: () => settle(() => delivery.release()),
    };
  }

  /** A flow frame for every message would be half of the traffic, so credit is given in portions. */
  #replenish(): void {
    if (this.#stopped) return;
    const missing = this.#prefetch - this.#unsettled - openCredit(this.#receiver);
    if (missing >= Math.ceil(this.#prefetch / 4)) this.#receiver.add_credit(missing);
  }
}
