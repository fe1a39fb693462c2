import { assertFunction, assertInteger, illegalOption, shown } from "../../assert-option.ts";
import { rate } from "../../subscription/index.ts";
import type { AccessOptions } from "../access/index.ts";
import { isLoopback } from "./loopback.ts";

/** What happened that the log of the daemon should have; no bodies, no secrets. */
export interface HttpLogRecord {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly requestId?: string;
  readonly method?: string;
  /** The path as it is declared, `/listeners/:id`; of an unknown one nothing. */
  readonly route?: string;
  readonly status?: number;
  readonly elapsedMs?: number;
  /** Id of the API key, or `local`. */
  readonly who?: string;
  readonly error?: unknown;
}

/** Where the API listens, who may use it, and its limits. */
export interface HttpOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8672; 0 takes a free one. */
  readonly port?: number;
  /** `none` on loopback only. Default `keys`. */
  readonly auth?: "keys" | "none";
  /** PEM texts; with them the API speaks HTTPS only. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** For how long a token is valid. Default 15 minutes. */
  readonly tokenMs?: number;
  /** Requests of one API key, or of an address that has none, as `600/min` (the default). */
  readonly rateLimit?: string;
  /** How often one address may ask for a token with a wrong secret; then it gets none for a while. Default `30/min`. */
  readonly tokenRateLimit?: string;
  /** Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Bytes of all headers of a request. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** How long a client may take for the headers of a request. Default 10 s. */
  readonly headersTimeoutMs?: number;
  /** How long a client may take for a whole request. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** Connections at the same time. Default 1000. */
  readonly maxConnections?: number;
  /** Live tails at the same time. Default 100, and 10 of one API key. */
  readonly maxStreams?: number;
  readonly maxStreamsPerKey?: number;
  /** What a live tail keeps for a reader that is slow, in bytes; then events are dropped and counted. Default 1 MiB. */
  readonly maxStreamBytes?: number;
  /** Time between two signs of life in a live tail. Default 15 s. */
  readonly heartbeatMs?: number;
  /** How long publishing one event may take. Default 30 s. */
  readonly publishTimeoutMs?: number;
  /** How long `close` waits for requests that run. Default 5 s. */
  readonly closeTimeoutMs?: number;
  /** How much of the audit log is kept. */
  readonly audit?: Omit<AccessOptions, "now">;
  /** Hears of each answer and of what goes wrong inside. Must not block. */
  readonly log?: (record: HttpLogRecord) => void;
  /** The time of tokens, keys and the audit log, ms since 1970. Default: the machine's. */
  readonly now?: () => number;
}

/** The options with their defaults. */
export type CheckedHttpOptions = Required<Omit<HttpOptions, "tls" | "audit">> & Pick<HttpOptions, "tls" | "audit">;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const MAX_TIME_MS = 24 * 60 * MINUTE_MS;
const KIB = 1024;

const DEFAULTS: CheckedHttpOptions = {
  host: "127.0.0.1",
  port: 8672,
  auth: "keys",
  tokenMs: 15 * MINUTE_MS,
  rateLimit: "600/min",
  tokenRateLimit: "30/min",
  maxBodyBytes: 4 * KIB * KIB,
  maxHeaderBytes: 16 * KIB,
  headersTimeoutMs: 10 * SECOND_MS,
  requestTimeoutMs: 30 * SECOND_MS,
  maxConnections: 1000,
  maxStreams: 100,
  maxStreamsPerKey: 10,
  maxStreamBytes: KIB * KIB,
  heartbeatMs: 15 * SECOND_MS,
  publishTimeoutMs: 30 * SECOND_MS,
  closeTimeoutMs: 5 * SECOND_MS,
  log: () => {},
  now: Date.now,
};

/** Least and most of the numbers. */
const BOUNDS = {
  port: [0, 65_535],
  tokenMs: [SECOND_MS, MAX_TIME_MS],
  maxBodyBytes: [1, 1024 * KIB * KIB],
  maxHeaderBytes: [KIB, KIB * KIB],
  headersTimeoutMs: [1, MAX_TIME_MS],
  requestTimeoutMs: [1, MAX_TIME_MS],
  maxConnections: [1, 1_000_000],
  maxStreams: [0, 100_000],
  maxStreamsPerKey: [0, 100_000],
  maxStreamBytes: [KIB, 1024 * KIB * KIB],
  heartbeatMs: [1, MAX_TIME_MS],
  publishTimeoutMs: [1, MAX_TIME_MS],
  closeTimeoutMs: [0, MAX_TIME_MS],
} as const satisfies Partial<Record<keyof HttpOptions, readonly [least: number, most: number]>>;

/** @throws XqbusError `xqbus:illegal-argument` that names the option */
export function checkHttpOptions(options: HttpOptions): CheckedHttpOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const checked: CheckedHttpOptions = { ...DEFAULTS, ...given };
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    assertInteger(checked[name as keyof typeof BOUNDS], `option ${name}`, least, most);
  }
  assertFunction(checked.log, "option log");
  rate(checked.rateLimit);
  rate(checked.tokenRateLimit);
  if (checked.auth !== "keys" && checked.auth !== "none") {
    throw illegalOption(`option auth must be "keys" or "none", got ${shown(checked.auth)}`);
  }
  if (checked.auth === "none" && !isLoopback(checked.host)) {
    throw illegalOption(
      `option auth is "none", which is allowed on loopback only, but the host is ${shown(checked.host)}; use API keys, or the host 127.0.0.1`,
    );
  }
  return checked;
}
