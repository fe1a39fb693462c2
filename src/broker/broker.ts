import type { Duplex } from "node:stream";
import type { AccessOptions } from "./access/access-options.ts";
import type { AccessRule } from "./access/access-rule.ts";
import type { Users } from "./access/credentials.ts";
import type { BrokerLog } from "./client-log.ts";
import type { BrokerLimits } from "./limits.ts";
import type { BrokerManagement } from "./node/management.ts";
import type { UnroutedOptions } from "./node/node-store.ts";
import type { QueuePolicy } from "./node/queue-policies.ts";
import type { PublishHook } from "./node/publish.ts";
import type { BrokerStoreOptions } from "./store/store-options.ts";

/** Certificates of a broker that listens with TLS; every value is PEM text or the bytes of a PEM file. */
export interface BrokerTlsOptions {
  /** The broker's certificate, followed by the intermediate ones. */
  readonly cert: string | Buffer;
  /** The private key of `cert`, not encrypted. */
  readonly key: string | Buffer;
  /** Who may have signed a client's certificate; default: the authorities that Node knows. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Whether a client without an accepted certificate is refused. It has to log in all the same. Default false. */
  readonly requestCert?: boolean;
}

/** Where a broker listens, who may use it, and its limits. All of it is optional. */
export interface BrokerOptions extends Partial<BrokerLimits>, AccessOptions {
  /** Address or name of the interface to listen on; default 127.0.0.1, so that only this machine can connect. */
  readonly host?: string;
  /** TCP port; default 0, which takes a free one. */
  readonly port?: number;
  /** With it the broker speaks TLS only, without it plain TCP only. */
  readonly tls?: BrokerTlsOptions;
  /**
   * Whether messages that no subscription of a topic wants are kept in the queue `<topic>.unrouted`, and how many of them.
   * Default false: they are gone, and counted.
   */
  readonly unrouted?: boolean | UnroutedOptions;
  /** How certain queues and subscriptions differ from the others in their limits and what happens at them; the first that fits decides. */
  readonly queuePolicies?: readonly QueuePolicy[];
  /** Where durable queues and subscriptions are kept. Default: everything is in memory, and gone when the broker ends. */
  readonly store?: BrokerStoreOptions;
  /**
   * Is told of errors that clients cause, without bodies of messages: once a minute for each kind and address, and at most 60 a
   * minute in all. Must not block.
   */
  readonly log?: BrokerLog;
  /** Looks at every message before it is taken, and may refuse it; such as `validateAtTheDoor(catalog)`. Must not block. */
  readonly onPublish?: PublishHook;
}

/** What a broker has done since it started; `connections`, `links` and `queuedBytes` tell how it is now. */
export interface BrokerCounts {
  /** Connections that are logged in now. */
  readonly connections: number;
  /** Links that are attached now, of publishers and of consumers. */
  readonly links: number;
  /** Memory that waiting and unsettled messages take now, by the broker's own account. */
  readonly queuedBytes: number;
  /** Messages that publishers sent, whatever became of them. */
  readonly received: number;
  /** Bytes of `received`. */
  readonly bytes: number;
  /** Messages that were not taken, because a subscription was full or the message was not well-formed. */
  readonly refused: number;
  /** Messages that were taken and that no subscription of their topic wanted. */
  readonly unrouted: number;
  /** Copies sent to consumers, repeats included. */
  readonly delivered: number;
  /** Copies sent to consumers another time. */
  readonly redelivered: number;
  /** Copies whose consumer said `accepted`. */
  readonly accepted: number;
  /** Copies whose consumer said `rejected`; they are dropped or become dead letters. */
  readonly rejected: number;
  /** Copies whose consumer said `released`; they are delivered again. */
  readonly released: number;
  /** Copies whose consumer said `modified`, or settled them without a word. */
  readonly modified: number;
  /** Copies given up: too many failed attempts, or not deliverable to their only consumer. */
  readonly dropped: number;
  /** Messages whose time to live was over before a consumer had them. */
  readonly expired: number;
  /** Messages that were given up and put into a queue of dead letters. */
  readonly deadLettered: number;
  /** Rows on disk that were damaged and are set aside, those of earlier runs included. */
  readonly damaged: number;
  /** Logins with a wrong user, password or mechanism, and those refused because there were too many. */
  readonly failedLogins: number;
  /** Links and messages that access rules refused. */
  readonly denied: number;
  /** Events that subscriptions did not get because their users may not receive the type. */
  readonly withheld: number;
  /** Connections that the broker ended because of what came over them. */
  readonly faults: number;
}

/** How this process itself uses its broker: without port, and with all rights whatever the rules and users are. */
export interface InProcessAccess {
  /** A name that no user of the broker can have; it cannot log in over the port. */
  readonly user: string;
  /** Random, another one for each broker. */
  readonly password: string;
  /** The client's end of a new connection; the login goes over it as over any other. */
  connect(): Duplex;
}

/**
 * A broker inside this process: topics that hand a copy of each message to each subscription that wants it, and queues.
 *
 * A topic or queue is made on first use; it exists while somebody is attached to it, a message is in it or a subscription is
 * kept. A message counts as accepted once every subscription that wants it has it: in memory, and on disk where the queue is
 * durable. Either all of them take it or none.
 */
export interface Broker {
  /** The interface it listens on, as given in the options. */
  readonly host: string;
  /** The TCP port it listens on. */
  readonly port: number;
  /** A snapshot, made at each access. */
  readonly counts: BrokerCounts;
  /** For clients in this process that are part of the broker's operation, such as the listeners of a daemon. */
  readonly inProcess: InProcessAccess;
  /** Looks into queues and subscriptions, and moves messages. */
  readonly management: BrokerManagement;
  /**
   * The URL for a client: `amqp[s]://user:password@host:port/domain`, with the password in it, or `***` where the broker has
   * only its hash.
   *
   * @param user one of the users; default the first
   * @param domain name of the bus, default `org.clacks`
   * @throws XqbusError `xqbus:illegal-argument` when there is no such user
   */
  url(user?: string, domain?: string): string;
  /**
   * Other access rules from now on, for the links that are attached, too: those that they do not allow end with
   * `amqp:unauthorized-access`; all others end with `amqp:link:detach-forced` when there were no rules before. What a subscription
   * has kept already and its user may not receive any more is removed when its turn comes (`counts.withheld`).
   *
   * @throws XqbusError `xqbus:illegal-argument`; the rules from before stay
   */
  reloadRules(rules: readonly AccessRule[]): void;
  /**
   * Other certificates from now on, for connections to come; `requestCert` stays as it was.
   *
   * @throws XqbusError `xqbus:invalid-certificate`, and then those from before stay in use; `xqbus:illegal-argument` for a broker
   *   that was started without TLS
   */
  reloadTls(tls: BrokerTlsOptions): void;
  /**
   * Other users from now on; connections of users that are gone end. Who has logged in stays so with another password.
   *
   * @throws XqbusError `xqbus:illegal-argument`; the users from before stay
   */
  reloadUsers(users: Users): void;
  /**
   * Stops listening, tells every client, and ends every connection. May be called more than once; all calls resolve
   * together, at the latest after `closeTimeoutMs`.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
