/**
 * What tests and benchmarks see of a real broker that runs for them.
 */

/** The broker products that can be started. A later one gets its own folder and a row in `products.ts`. */
export type Product = "qpid-broker-j" | "activemq-classic" | "artemis" | "rabbitmq";

/** A user that every started broker knows. Test values: the brokers listen on loopback only. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** The user of {@link RunningBroker.url}. */
export const ADMIN: Credentials = { name: "admin", password: "secret" };

/** A second user, whose name and password show whether a client sends them as UTF-8 (RFC 4616, section 2). */
export const UMLAUT_USER: Credentials = { name: "müller", password: "pässwörd" };

/** The topic that is prepared in every broker, and the domain in its URL. */
export const DOMAIN = "org.clacks";

/** How the product spells addresses. */
export interface BrokerAddresses {
  /** Fans out what is sent to it: the prepared topic of {@link DOMAIN}. */
  readonly topic: string;
  /** A queue, made on first use. */
  readonly queue: (name: string) => string;
  /** Where the dead letters of that queue are. */
  readonly deadLetters: (queue: string) => string;
}

/** How to start a broker. All of it is optional. */
export interface BrokerOptions {
  /** The port for AMQP without TLS; default: a free one below 32768. */
  readonly port?: number;
  /** The port for AMQP over TLS, used with `tls`; default: a free one below 32768. */
  readonly tlsPort?: number;
  /** Certificate chain and private key as PEM; with them the broker has a second port for AMQP over TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether messages are kept on disk; default true. Broker-J refuses durable messages without. */
  readonly durable?: boolean;
  /**
   * Artemis: a folder with messages that brokers have in common. One of them works, and the others wait until it ends; so that `restart`, and
   * the start, do not wait for a login.
   */
  readonly sharedStore?: string;
  /** Artemis: how often a message is delivered before it is a dead letter, also to a process that dies with it; default 3, -1: without limit. */
  readonly deliveryAttempts?: number;
  /** Flags of the Java machine; default: small and quick to start. Benchmarks want `-Xmx1g -XX:+UseParallelGC`. */
  readonly javaOptions?: readonly string[];
  /** The folder for configuration, log and messages, which outlives the broker; default: a new one that `stop` removes. */
  readonly directory?: string;
  /** Limit in ms for fetching the software on first use; default 600 000. */
  readonly prepareTimeoutMs?: number;
  /** Limit in ms from the start of the process to the first login; default 90 000. */
  readonly startTimeoutMs?: number;
  /** How long in ms an orderly stop may take before the process is killed; default 15 000. */
  readonly stopTimeoutMs?: number;
}

/**
 * A real broker that runs in a process of its own.
 *
 * It ends with the process that started it, however that one ends.
 */
export interface RunningBroker {
  readonly product: Product;
  /** `amqp://admin:secret@127.0.0.1:PORT/org.clacks` */
  readonly url: string;
  /** The same over TLS; present when the broker was started with `tls`. */
  readonly amqpsUrl?: string;
  readonly addresses: BrokerAddresses;
  /** The folder with configuration, messages and `broker.log`. */
  readonly directory: string;
  /** The process id; another one after `restart`. */
  readonly pid: number;
  /** Ends the broker in good order and removes its folder unless the caller gave it. The broker cannot be used again. */
  stop(): Promise<void>;
  /** Ends the broker at once (signal 9), as a power failure would. `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends the broker in good order if it still runs, and starts it on the same folder and ports. */
  restart(): Promise<void>;
  /** The same as `stop`. */
  [Symbol.asyncDispose](): Promise<void>;
}
