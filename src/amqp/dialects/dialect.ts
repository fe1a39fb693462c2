/** One end of a link: the address of a node and what is asked of it (AMQP 1.0, part 3.5). */
export interface Terminus {
  readonly address: string;
  /** Capabilities asked for, for example `topic`. */
  readonly capabilities?: readonly string[];
}

/** A queue for answers, as its owner and as others name it. */
export interface ReplyQueue {
  readonly source: string;
  readonly replyTo: string;
}

/** What a broker says of itself in the `properties` of its open frame (AMQP 1.0, part 2.7.1), for example `product`. */
export type BrokerProperties = Readonly<Record<string, unknown>>;

/**
 * What becomes of a filter that a receiver's link asks for: nothing, whatever the answer says (`none`); what the answer says, which nobody has tried
 * (`claimed`) or tests have shown (`applied`); the very same as in a consumer (`exact`).
 */
export type FilterSupport = "none" | "claimed" | "applied" | "exact";

/** Which filters a product offers on a topic; `docs/brokers.md` says how that is known. */
export interface FilterOffer {
  /** XQuery over the body. */
  readonly xquery: FilterSupport;
  /** JMS selectors over properties. */
  readonly selector: Exclude<FilterSupport, "exact">;
  /** Whether what waits for a durable subscription stays when it is asked for with another filter. */
  readonly filterMayChange: boolean;
  /** Whether the address of a source takes a routing key. */
  readonly routingKey: boolean;
}

/**
 * How one broker product names a domain's topic. AMQP 1.0 says what an address is, not what it looks like.
 *
 * The routing key is the message's subject in every dialect; a dialect only says where messages go and come from.
 */
export interface Dialect {
  /** Value of the option `dialect`. */
  readonly name: string;
  /** Whether a broker with these properties speaks this dialect. */
  matches(properties: BrokerProperties): boolean;
  /** Where events of the domain are sent to. */
  publishTo(domain: string): Terminus;
  /**
   * Where messages of a subject are sent to by an exchange, which clients match by the words of the subject. Default:
   * {@link Dialect.publishTo} of the exchange, where the product matches the subject of the message.
   */
  readonly exchangeAt?: (exchange: string, subject: string) => Terminus;
  /** Whether the node `$management` creates exchanges, as that of Broker-J does (its book, "AMQP Management"). */
  readonly createsExchanges?: true;
  /**
   * Where every event of the domain is received from; each receiver gets its own copy.
   *
   * @param routingKey only the events with it, where {@link FilterOffer.routingKey} says that this can be
   */
  subscribeTo(domain: string, routingKey?: string): Terminus;
  /** A queue, which its consumers share; most brokers make it on first use. */
  queueAt(name: string): Terminus;
  /**
   * The queue where the answers to requests are received, for a broker that makes none when it is asked for one (AMQP 1.0, part 3.5.3:
   * dynamic); it goes with its receiver.
   */
  readonly replyQueue?: (id: string) => ReplyQueue;
  /** Whether answers may be sent to an address: a request must not lead them to any other place. */
  isReplyAddress(address: string): boolean;
  readonly filters: FilterOffer;
  /** The routing key that all messages of the domain must have, and receivers ask for. Default: each event has its own. */
  readonly bindingKey?: string;
  /**
   * Which subscriptions it keeps: for one consumer that comes back, and for several that share one. Where they `areQueues` that somebody has
   * declared, each has the queue of its name, and there are no others; else they are made by attaching to the topic. `losesWhenTakenOver`: the
   * product throws away what waits when another link takes the place of one that it believes in (AMQP 1.0, part 2.6.1).
   */
  readonly subscriptions: {
    readonly areQueues?: true;
    readonly losesWhenTakenOver?: true;
    readonly durable: boolean;
    readonly shared: boolean;
  };
  /**
   * The outcome after which a consumer gets a delivery again that has failed there. `modified` (delivery failed) is what
   * the standard has for it (AMQP 1.0, part 3.4.5); `released` is for a broker that then gives it to others only.
   */
  readonly retryOutcome: "modified" | "released";
  /** How the open frame's field `hostname` names a virtual host (AMQP 1.0, part 2.7.1); default: by its name. */
  readonly hostnameOf?: (vhost: string) => string;
  /** What to do when the broker does not know the topic: a clause for an error message. */
  unknownTopicHint(domain: string): string;
}

/** Whether the `product` that the broker announces matches the pattern. */
export function isProduct(properties: BrokerProperties, product: RegExp): boolean {
  return typeof properties["product"] === "string" && product.test(properties["product"]);
}
