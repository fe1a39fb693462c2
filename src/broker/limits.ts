import { XqbusError } from "../errors.ts";

/** Bounds on what clients can make a broker keep or wait for. Times are in ms. */
export interface BrokerLimits {
  /**
   * TCP connections at the same time. One more takes the place of the one that has been without login for longest; when all are logged in it is
   * closed at once.
   */
  readonly maxConnections: number;
  /** Sessions of one connection. */
  readonly maxSessions: number;
  /** Links of one connection, in all its sessions. */
  readonly maxLinks: number;
  /** Topics at the same time. */
  readonly maxTopics: number;
  /** Queues at the same time: named ones, kept subscriptions, and those of dead letters and unrouted messages. */
  readonly maxQueues: number;
  /** Bytes of one frame from a client; at least 512 (AMQP 1.0, part 2.3). */
  readonly maxFrameBytes: number;
  /** Bytes of one message with its properties: an event may have 4 MiB. */
  readonly maxMessageBytes: number;
  /**
   * Bytes of the messages of one connection whose last frame has not come yet; if that is less than `maxMessageBytes`, one
   * message at a time.
   */
  readonly maxIncompleteBytes: number;
  /** Messages of one subscription, those that its consumer has not settled included. */
  readonly maxQueueMessages: number;
  /** Bytes of the messages of one subscription. */
  readonly maxQueueBytes: number;
  /** Bytes of all messages in the broker, however many subscriptions share one, plus some 256 for each copy. */
  readonly maxTotalBytes: number;
  /** Failed attempts to deliver one copy, after which it is dropped. */
  readonly maxDeliveryAttempts: number;
  /** Deliveries of one link that may wait for their outcome; all links of a session together have eight times as many. */
  readonly maxUnsettled: number;
  /**
   * Bytes of one connection that may wait for its client to read them; beyond it nothing more is sent to that client, nor read from
   * it. From 64 KiB on they count for `maxTotalBytes`, and are fewer when that is used up. At least 65536.
   */
  readonly maxOutputBytes: number;
  /** Messages that a publisher may send before it needs an answer. */
  readonly publisherCredit: number;
  /** From the TCP connection to the end of the login and the client's `open`. */
  readonly handshakeTimeoutMs: number;
  /** A connection from which nothing came for so long is closed; clients send a heartbeat in time. At least 1000. */
  readonly idleTimeoutMs: number;
  /** How long clients have to answer when a connection ends; at most that long takes `close()`. */
  readonly closeTimeoutMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Sane values for a bus on one machine: at most 256 MiB of messages. */
export const DEFAULT_BROKER_LIMITS: BrokerLimits = Object.freeze({
  maxConnections: 256,
  maxSessions: 16,
  maxLinks: 128,
  maxTopics: 1024,
  maxQueues: 4096,
  maxFrameBytes: 64 * KIB,
  maxMessageBytes: 4 * MIB + 64 * KIB,
  maxIncompleteBytes: 16 * MIB,
  maxQueueMessages: 10_000,
  maxQueueBytes: 64 * MIB,
  maxTotalBytes: 256 * MIB,
  maxDeliveryAttempts: 5,
  maxUnsettled: 2048,
  maxOutputBytes: MIB,
  publisherCredit: 500,
  handshakeTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
});

/** The smallest and largest value of a limit; Node's timers and AMQP's ids end at 2^31 and 2^32. */
const RANGES: Readonly<Record<keyof BrokerLimits, readonly [least: number, most: number]>> = {
  maxConnections: [1, 1_000_000],
  maxSessions: [1, 65_536],
  maxLinks: [1, 65_536],
  maxTopics: [1, 1_000_000],
  maxQueues: [1, 1_000_000],
  maxFrameBytes: [512, 256 * MIB],
  maxMessageBytes: [1, 1024 * MIB],
  maxIncompleteBytes: [1, Number.MAX_SAFE_INTEGER],
  maxQueueMessages: [1, 2 ** 31],
  maxQueueBytes: [1, Number.MAX_SAFE_INTEGER],
  maxTotalBytes: [1, Number.MAX_SAFE_INTEGER],
  maxDeliveryAttempts: [1, 2 ** 31],
  maxUnsettled: [1, 65_536],
  maxOutputBytes: [64 * KIB, Number.MAX_SAFE_INTEGER],
  publisherCredit: [1, 65_536],
  handshakeTimeoutMs: [1, 2 ** 31 - 1],
  idleTimeoutMs: [1000, 2 ** 31 - 1],
  closeTimeoutMs: [1, 2 ** 31 - 1],
};

/**
 * The limits of one broker: the given ones, the others by default.
 *
 * @throws XqbusError `xqbus:illegal-argument` naming the limit and its range
 */
export function resolveBrokerLimits(given: Partial<BrokerLimits>): BrokerLimits {
  const limits: Record<keyof BrokerLimits, number> = { ...DEFAULT_BROKER_LIMITS };
  for (const [name, [least, most]] of Object.entries(RANGES) as [keyof BrokerLimits, readonly [number, number]][]) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `${name} is ${String(value)}; expected a whole number from ${least} to ${most}`,
      );
    }
    limits[name] = value;
  }
  return limits;
}
