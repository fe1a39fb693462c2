import { XqbusError } from "../errors.ts";
import type { BackoffOptions } from "./backoff.ts";

/** How a connection is made again that was there and is lost. All of it is optional. */
export interface ReconnectOptions extends Partial<BackoffOptions> {
  /** The first pause before an attempt, in milliseconds. Default 100. */
  readonly minDelayMs?: number;
  /** The longest pause, in milliseconds. Default 10 000. */
  readonly maxDelayMs?: number;
  /** Default 2. */
  readonly factor?: number;
  /** Default 0.5. */
  readonly jitter?: number;
  /** Attempts in a row that fail before the client gives up and ends with the last reason. Default Infinity. */
  readonly maxAttempts?: number;
  /**
   * Whether a reason that will probably stay (wrong password, certificate, no such topic, no right) ends the client. Default false:
   * it is reported, once for each reason, and tried again, because brokers also say such things while they start.
   */
  readonly endOnPermanentFault?: boolean;
  /** Whether the first connection is tried again, too, until `timeoutMs` is over. Default false: its failure is told at once. */
  readonly first?: boolean;
}

/** The options with their defaults. */
export type CheckedReconnectOptions = Required<Omit<ReconnectOptions, "random">> & Pick<ReconnectOptions, "random">;

const DEFAULTS = {
  minDelayMs: 100,
  maxDelayMs: 10_000,
  factor: 2,
  jitter: 0.5,
  maxAttempts: Infinity,
  endOnPermanentFault: false,
  first: false,
} as const satisfies ReconnectOptions;

/** The options with the defaults for those that are missing. */
export function reconnectOptions(options: ReconnectOptions): CheckedReconnectOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...DEFAULTS, ...given };
}

/** What the numbers among the options must be. */
const BOUNDS: readonly [option: keyof ReconnectOptions, isRight: (value: number) => boolean, expected: string][] = [
  ["minDelayMs", (value) => value > 0 && value < Infinity, "a positive number of milliseconds"],
  ["maxDelayMs", (value) => value > 0 && value < Infinity, "a positive number of milliseconds"],
  ["factor", (value) => value >= 1 && value < Infinity, "a number of at least 1"],
  ["jitter", (value) => value >= 0 && value <= 1, "a number from 0 to 1"],
  [
    "maxAttempts",
    (value) => value === Infinity || (Number.isSafeInteger(value) && value >= 1),
    "an integer of at least 1",
  ],
];

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function assertReconnectOptions(options: ReconnectOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new XqbusError("xqbus:illegal-argument", "option reconnect must be false or an object");
  }
  const checked = reconnectOptions(options);
  for (const [option, isRight, expected] of BOUNDS) {
    const value: unknown = checked[option];
    if (typeof value === "number" && isRight(value)) continue;
    throw new XqbusError(
      "xqbus:illegal-argument",
      `option reconnect.${option} must be ${expected}, got ${String(value)}`,
    );
  }
}
