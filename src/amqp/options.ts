import { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import { assertMilliseconds, assertSignal, type WaitLimits } from "./deadline.ts";
import { dialectNamed } from "./dialects/index.ts";

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

/** How to reach the broker. `timeoutMs` (default 10 000) and `signal` bound the opening, not what comes after. */
export interface ConnectOptions extends WaitLimits {
  readonly tls?: TlsOptions;
  /** Name of the broker product whose addresses are used; default: by what the broker says of itself. */
  readonly dialect?: string;
}

export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
export const DEFAULT_CLOSE_TIMEOUT_MS = 5_000;

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is an integer from `least` to `most` */
export function assertInteger(
  value: number,
  option: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new XqbusError("xqbus:illegal-argument", `option ${option} must be an integer ${bounds}, got ${String(value)}`);
}

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function assertConnectOptions(options: ConnectOptions & { readonly timeoutMs: number }): void {
  assertMilliseconds(options.timeoutMs, "timeoutMs");
  assertSignal(options.signal);
  if (options.dialect !== undefined) dialectNamed(options.dialect);
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a function */
export function assertFunction(value: unknown, option: string): void {
  if (typeof value === "function") return;
  throw new XqbusError("xqbus:illegal-argument", `option ${option} must be a function`);
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
