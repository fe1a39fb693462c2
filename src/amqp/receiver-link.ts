import type { EventContext, Delivery, Receiver } from "rhea";
import { attachReceiver, renewWithCatalog } from "./attach-receiver.ts";
import type { BusConnection } from "./connection.ts";
import { peerError, protocolViolation } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import { RefusedError } from "./errors.ts";
import type { FilterPlacement } from "./placement/index.ts";
import type { IncomingDelivery, TransferFault } from "./incoming-delivery.ts";
import { askForFlow, onFlow, openCredit, withdrawCredit } from "./rhea-internals.ts";
import type { Subscription } from "./subscription.ts";

/** Characters of an outcome's description; a disposition must fit into one frame. */
const MAX_DESCRIPTION = 1_000;

/** RabbitMQ sends some messages more than it has credit for; what sends many more has lost its mind. */
const TOLERANCE = 100;

/** What a received message needs of its link. */
interface LinkEnd {
  readonly connection: BusConnection;
  /** Whether the broker evaluates the filter, exactly. */
  readonly isFiltered: boolean;
  /** One more has its outcome. */
  count(): void;
  /** Gives the broker new credit where that is worth it. */
  replenish(): void;
}

class LinkDelivery implements IncomingDelivery {
  readonly message: Uint8Array;
  readonly fault: TransferFault | undefined;
  readonly #delivery: Delivery;
  readonly #link: LinkEnd;
  #isSettled = false;

  constructor(message: Uint8Array, fault: TransferFault | undefined, delivery: Delivery, link: LinkEnd) {
    this.message = message;
    this.fault = fault;
    this.#delivery = delivery;
    this.#link = link;
  }

  get isFiltered(): boolean {
    return this.#link.isFiltered;
  }

  get isLost(): boolean {
    return this.#link.connection.ended !== undefined;
  }

  accept(): void {
    if (!this.#take()) return;
    this.#delivery.accept();
    this.#link.replenish();
  }

  reject(condition: string, description: string): void {
    if (!this.#take()) return;
    this.#delivery.reject({ condition, description: description.slice(0, MAX_DESCRIPTION) });
    this.#link.replenish();
  }

  retry(): void {
    if (this.#link.connection.dialect.retryOutcome === "released") {
      this.release();
    } else if (this.#take()) {
      this.#delivery.modified({ delivery_failed: true, undeliverable_here: false });
      this.#link.replenish();
    }
  }

  release(): void {
    if (!this.#take()) return;
    this.#delivery.release();
    this.#link.replenish();
  }

  /** @returns whether the broker is to be told. On a lost connection rhea would write into nothing. */
  #take(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#link.count();
    return !this.isLost;
  }
}

/** What moves on a receiver's link: numbers since it was attached. */
export interface ReceiverProgress {
  readonly received: number;
  readonly settled: number;
  /** Messages that want their outcome now. */
  readonly unsettled: number;
  /** Messages that the broker may send now. */
  readonly credit: number;
  /** Times that the broker has told how it sees the link. */
  readonly answers: number;
  /** Messages that the broker had when it told so last; undefined where it does not say. */
  readonly available: number | undefined;
}

/**
 * A receiver on the domain's topic with a credit of its own: the broker may have at most `prefetch` messages on their way
 * to us and unsettled here, together.
 */
export class ReceiverLink {
  readonly #connection: BusConnection;
  readonly #receiver: Receiver;
  readonly #prefetch: number;
  /** Where the filter runs. */
  readonly placement: FilterPlacement;
  readonly #forgetCatalog: () => void;
  #unsettled = 0;
  #stopped = false;
  #received = 0;
  #settled = 0;
  #answers = 0;
  #available: number | undefined;

  /**
   * Attaches; deliveries begin with {@link ReceiverLink.start}.
   *
   * @throws RefusedError the broker knows no such topic, or does not let this user receive; else as `connection.wait`
   */
  static async attach(
    connection: BusConnection,
    subscription: Subscription,
    prefetch: number,
    deadline: Deadline,
  ): Promise<ReceiverLink> {
    const { receiver, placement } = await attachReceiver(connection, subscription, deadline);
    return new ReceiverLink(connection, receiver, prefetch, placement, subscription);
  }

  private constructor(
    connection: BusConnection,
    receiver: Receiver,
    prefetch: number,
    placement: FilterPlacement,
    subscription: Subscription,
  ) {
    this.#connection = connection;
    this.#receiver = receiver;
    this.#prefetch = prefetch;
    this.placement = placement;
    onFlow(receiver, ({ available }) => {
      this.#answers++;
      this.#available = available;
    });
    this.#forgetCatalog = renewWithCatalog(connection, subscription);
    connection.onLost(this.#forgetCatalog);
  }

  /** The address that events come from. */
  get address(): string {
    return this.#connection.dialect.subscribeTo(this.#connection.url.domain).address;
  }

  /** What moves on the link, for who watches whether it does. */
  get progress(): ReceiverProgress {
    return {
      received: this.#received,
      settled: this.#settled,
      unsettled: this.#unsettled,
      credit: openCredit(this.#receiver),
      answers: this.#answers,
      available: this.#available,
    };
  }

  /** Asks the broker how it sees the link; its answer shows in {@link ReceiverLink.progress}. */
  ask(): void {
    if (!this.#stopped && this.#connection.ended === undefined) askForFlow(this.#receiver);
  }

  /**
   * Ends the subscription: a link that is closed, and not only detached, is one (AMQP 1.0, part 2.6.6).
   *
   * @throws what `connection.wait` does
   */
  async unsubscribe(deadline: Deadline): Promise<void> {
    this.#receiver.removeAllListeners("receiver_close");
    await this.#connection.wait(deadline, (resolve, reject) => {
      this.#receiver.once("receiver_close", () => {
        const { error } = this.#receiver;
        if (error === undefined) resolve();
        else reject(new RefusedError("the broker did not end the subscription", peerError(error)));
      });
      this.#receiver.close();
    });
  }

  /** Gives the first credit and hands every message over as it comes. */
  start(onDelivery: (delivery: IncomingDelivery) => void): void {
    const end: LinkEnd = {
      connection: this.#connection,
      isFiltered: !this.placement.runsHere,
      count: () => {
        this.#unsettled--;
        this.#settled++;
      },
      replenish: () => this.#replenish(),
    };
    this.#receiver.on("message", (context: EventContext) => {
      const { delivery } = context;
      const message: unknown = context.message;
      if (delivery === undefined) return;
      this.#received++;
      if (++this.#unsettled > 2 * this.#prefetch + TOLERANCE) {
        const { url } = this.#connection;
        this.#connection.abandon(protocolViolation(url, new Error("it sends messages without credit")));
        return;
      }
      const bytes = message instanceof Uint8Array ? message : new Uint8Array();
      onDelivery(new LinkDelivery(bytes, this.#connection.faultOf(this.#receiver), delivery, end));
    });
    this.#replenish();
  }

  /** Asks the broker to send nothing more; what is on its way still arrives. */
  stop(): void {
    this.#forgetCatalog();
    if (this.#stopped || this.#connection.ended !== undefined) return;
    this.#stopped = true;
    withdrawCredit(this.#receiver);
  }

  /** A flow frame for every message would be half of the traffic, so credit is given in portions. */
  #replenish(): void {
    if (this.#stopped) return;
    const missing = this.#prefetch - this.#unsettled - openCredit(this.#receiver);
    if (missing >= Math.ceil(this.#prefetch / 4)) this.#receiver.add_credit(missing);
  }
}
