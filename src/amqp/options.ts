import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import { assertMilliseconds, assertSignal, type WaitLimits } from "./deadline.ts";
import { dialectNamed } from "./dialects/index.ts";
import { assertReconnectOptions, type ReconnectOptions } from "./reconnect-options.ts";
import { SASL_MECHANISMS, type SaslMechanismName } from "./sasl.ts";

/** PEM text or file content; several are given as an array. */
export type Pem = string | Buffer | readonly (string | Buffer)[];

/** TLS of an `amqps` URL. Without options the certificates of Node's own list of authorities are trusted. */
export interface TlsOptions {
  /** The authorities to trust instead of Node's list. */
  readonly ca?: Pem;
  /** The client's certificate, for a broker that asks for one. Without a user in the URL it is the login (SASL EXTERNAL). */
  readonly cert?: Pem;
  /** The private key of `cert`. */
  readonly key?: Pem;
  /** The password of `key`. */
  readonly passphrase?: string;
  /** The name that the broker's certificate must carry, where it is not the host of the URL. */
  readonly serverName?: string;
  /** False accepts every certificate: the connection is encrypted, but to whom is unknown. Default true. */
  readonly rejectUnauthorized?: boolean;
}

/** How to reach the broker. `timeoutMs` (default 10 000) bounds one attempt, `signal` the opening, not what comes after. */
export interface ConnectOptions extends WaitLimits {
  readonly tls?: TlsOptions;
  /** Name of the broker product whose addresses are used; default: by what the broker says of itself. */
  readonly dialect?: string;
  /** The broker's virtual host; default: the one that the URL's path `/%2F` names, else the broker's default. */
  readonly vhost?: string;
  /** The SASL mechanism to use; default: SCRAM-SHA-256 or PLAIN with a user, EXTERNAL with a client certificate, else ANONYMOUS. */
  readonly sasl?: SaslMechanismName;
  /** The container id that the broker is told; default: a new one for each connection, for durable consumers one made of their name. */
  readonly containerId?: string;
  /** The broker must send something this often, in milliseconds; after twice the time the connection is lost. Default 30 000. */
  readonly idleTimeoutMs?: number;
  /**
   * How long the broker may owe an answer, in milliseconds, before the connection counts as stalled and is made again. Default
   * 30 000; `Infinity` switches the watch off.
   */
  readonly stallTimeoutMs?: number;
  /** How a lost connection is made again; false: it is not, its loss ends the client. */
  readonly reconnect?: ReconnectOptions | false;
}

/** The options of {@link ConnectOptions} that have a default. */
export type ConnectDefault = "timeoutMs" | "idleTimeoutMs" | "stallTimeoutMs" | "reconnect";

/** Options with the defaults of {@link CONNECT_DEFAULTS}. */
export type CheckedConnectOptions = WithDefaults<ConnectOptions, ConnectDefault>;

/** The defaults of {@link ConnectOptions}. */
export const CONNECT_DEFAULTS: Required<Pick<ConnectOptions, ConnectDefault>> = {
  timeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  stallTimeoutMs: 30_000,
  reconnect: {},
};

export const DEFAULT_CLOSE_TIMEOUT_MS = 5_000;

/** Characters of a virtual host and of a container id: both are AMQP strings of the open frame. */
const MAX_NAME_LENGTH = 255;

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function assertConnectOptions(options: CheckedConnectOptions): void {
  assertMilliseconds(options.timeoutMs, "timeoutMs");
  assertMilliseconds(options.idleTimeoutMs, "idleTimeoutMs");
  assertMilliseconds(options.stallTimeoutMs, "stallTimeoutMs");
  assertSignal(options.signal);
  if (options.dialect !== undefined) dialectNamed(options.dialect);
  if (options.vhost !== undefined) assertName(options.vhost, "vhost");
  if (options.containerId !== undefined) assertName(options.containerId, "containerId");
  if (options.reconnect !== false) assertReconnectOptions(options.reconnect);
  if (options.sasl !== undefined && !SASL_MECHANISMS.includes(options.sasl)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `option sasl must be one of ${SASL_MECHANISMS.join(", ")}, got "${String(options.sasl)}"`,
    );
  }
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a text of 1 to 255 printable characters */
export function assertName(value: unknown, option: string): void {
  if (typeof value === "string" && value.length <= MAX_NAME_LENGTH && /^[^\p{Cc}]+$/u.test(value)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `option ${option} must be a text of 1 to ${MAX_NAME_LENGTH} characters without control characters`,
  );
}

/** Whether a value can do what is wanted of a catalog. */
export function isCatalog(value: unknown): value is Catalog {
  return (
    typeof value === "object" && value !== null && "validateAsync" in value && typeof value.validateAsync === "function"
  );
}

/** The options with the defaults for those that are missing or undefined. */
export function withDefaults<O extends object, D extends Partial<O>>(
  options: O,
  defaults: D,
): WithDefaults<O, keyof D> {
  const given: unknown = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...(given as WithDefaults<O, keyof D>) };
}

/** Options of which some have a default. */
export type WithDefaults<O, K extends PropertyKey> = O & Required<Pick<O, K & keyof O>>;
