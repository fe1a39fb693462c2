import { assertInteger } from "../../assert-option.ts";
import { assertMilliseconds } from "../deadline.ts";
import {
  assertConnectOptions,
  CONNECT_DEFAULTS,
  DEFAULT_CLOSE_TIMEOUT_MS,
  withDefaults,
  type ConnectDefault,
  type ConnectOptions,
  type WithDefaults,
} from "../options.ts";

/** How requests are sent and answers received. `timeoutMs` bounds one attempt to connect. */
export interface RequestSenderOptions extends ConnectOptions {
  /** Limit of one call in milliseconds, connecting included; the service does not begin it later. Default 30 000. */
  readonly callTimeoutMs?: number;
  /** Calls without an answer at most; one more is refused. Default 1 000. */
  readonly maxPendingCalls?: number;
  /** Bytes of a request at most. Default 1 MiB. */
  readonly maxRequestBytes?: number;
  /** Bytes of an answer at most; a larger one fails the call. Default 1 MiB. */
  readonly maxReplyBytes?: number;
  /** How long `close` waits for the answers that are still to come, in milliseconds. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

/** How requests are received and answered. `timeoutMs` bounds one attempt to connect. */
export interface RequestReceiverOptions extends ConnectOptions {
  /** Requests that are handled at the same time; the broker sends no more ahead. Default 10. */
  readonly concurrency?: number;
  /** Bytes of a request at most; a larger one is answered with an error. Default 1 MiB. */
  readonly maxRequestBytes?: number;
  /** Bytes of an answer at most; in place of a larger one an error is sent. Default 1 MiB. */
  readonly maxReplyBytes?: number;
  /** How long the broker may take to accept an answer, in milliseconds. Default 10 000. */
  readonly replyTimeoutMs?: number;
  /** How long `close` waits for requests that are being handled, in milliseconds. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

const DEFAULT_MAX_BYTES = 1024 * 1024;

const SENDER_DEFAULTS = {
  ...CONNECT_DEFAULTS,
  callTimeoutMs: 30_000,
  maxPendingCalls: 1_000,
  maxRequestBytes: DEFAULT_MAX_BYTES,
  maxReplyBytes: DEFAULT_MAX_BYTES,
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
};

const RECEIVER_DEFAULTS = {
  ...CONNECT_DEFAULTS,
  concurrency: 10,
  maxRequestBytes: DEFAULT_MAX_BYTES,
  maxReplyBytes: DEFAULT_MAX_BYTES,
  replyTimeoutMs: 10_000,
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
};

/** rhea sizes its buffers by it. */
const MAX_CONCURRENCY = 10_000;

/** The options with their defaults. */
export type CheckedRequestSenderOptions = WithDefaults<
  RequestSenderOptions,
  ConnectDefault | Exclude<keyof RequestSenderOptions, keyof ConnectOptions>
>;

/** The options with their defaults. */
export type CheckedRequestReceiverOptions = WithDefaults<
  RequestReceiverOptions,
  ConnectDefault | Exclude<keyof RequestReceiverOptions, keyof ConnectOptions>
>;

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function checkRequestSenderOptions(options: RequestSenderOptions): CheckedRequestSenderOptions {
  const checked: CheckedRequestSenderOptions = withDefaults(options, SENDER_DEFAULTS);
  assertConnectOptions(checked);
  assertMilliseconds(checked.callTimeoutMs, "callTimeoutMs");
  assertInteger(checked.maxPendingCalls, "maxPendingCalls", 1);
  assertSizesAndEnd(checked);
  return checked;
}

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function checkRequestReceiverOptions(options: RequestReceiverOptions): CheckedRequestReceiverOptions {
  const checked: CheckedRequestReceiverOptions = withDefaults(options, RECEIVER_DEFAULTS);
  assertConnectOptions(checked);
  assertInteger(checked.concurrency, "concurrency", 1, MAX_CONCURRENCY);
  assertMilliseconds(checked.replyTimeoutMs, "replyTimeoutMs");
  assertSizesAndEnd(checked);
  return checked;
}

function assertSizesAndEnd(
  options: Pick<CheckedRequestSenderOptions, "maxRequestBytes" | "maxReplyBytes" | "closeTimeoutMs">,
): void {
  assertInteger(options.maxRequestBytes, "maxRequestBytes", 1);
  assertInteger(options.maxReplyBytes, "maxReplyBytes", 1);
  assertMilliseconds(options.closeTimeoutMs, "closeTimeoutMs");
}
