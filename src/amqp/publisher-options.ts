import { assertFunction, assertInteger } from "../assert-option.ts";
import { XqbusError } from "../errors.ts";
import type { PropertyValue } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { XmlLimits } from "../xml/index.ts";
import type { BackoffOptions } from "./backoff.ts";
import { assertMilliseconds, type WaitLimits } from "./deadline.ts";
import { checkJournalOptions, type CheckedJournalOptions, type JournalOptions } from "./journal/index.ts";
import {
  assertConnectOptions,
  assertName,
  CONNECT_DEFAULTS,
  DEFAULT_CLOSE_TIMEOUT_MS,
  isCatalog,
  withDefaults,
  type ConnectDefault,
  type ConnectOptions,
  type WithDefaults,
} from "./options.ts";

/** How a publisher connects, checks and sends. */
export interface PublisherOptions extends ConnectOptions {
  /**
   * What events are validated against, and where their routing keys and promoted fields are annotated; default: the catalog of
   * the default directories, loaded once per process. With `validate: false` there is no default, and so no annotation.
   */
  readonly catalog?: Catalog | Promise<Catalog>;
  /** Bounds on an event that is given as text or bytes; the catalog has limits of its own. */
  readonly limits?: Partial<XmlLimits>;
  /** False sends every well-formed event, valid or not. Default true. */
  readonly validate?: boolean;
  /** Whether the broker must keep the event over a restart of its own. Default true. */
  readonly durable?: boolean;
  /** Who sends, a URI reference: CloudEvents' `source`. Default: `/` and the domain. */
  readonly source?: string;
  /** Gives the W3C trace context of what runs now, the value of `traceparent`; asked for each event that has none of its own. */
  readonly traceparent?: () => string | undefined;
  /** Limit of one `sendEvent` in milliseconds, connecting and sending again included. Default 30 000. */
  readonly sendTimeoutMs?: number;
  /** Events without an answer of the broker at most. Default 10 000. */
  readonly maxPending?: number;
  /** Bytes of the events without an answer at most. Default 64 MiB; one event alone may be larger. */
  readonly maxPendingBytes?: number;
  /** What becomes of an event beyond these: `sendEvent` rejects (the default), or waits for room. */
  readonly whenFull?: "reject" | "wait";
  /** The file in which `enqueue` keeps events until the broker has accepted them; `maxPending` and `whenFull` hold there, too. */
  readonly journal?: string | JournalOptions;
  /** How an event is sent again that the broker has refused for the moment (released, modified, no room). */
  readonly refusals?: Partial<RefusalOptions>;
  /** How long `close` waits for the answers that are still to come, those for events in the journal included, in milliseconds. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

/** How an event is sent again that the broker has refused for the moment. */
export interface RefusalOptions extends BackoffOptions {
  /** Sendings of one event in all. Default 5; 1 never sends again. */
  readonly maxAttempts: number;
}

/** What can be said of one event beside its document; `timeoutMs` (default: option `sendTimeoutMs`) and `signal` bound the call. */
export interface SendOptions extends WaitLimits {
  /** The message id; default: a new UUIDv7. Who sends an event twice with the same id lets receivers know it again. */
  readonly messageId?: string;
  readonly correlationId?: string;
  /** The routing key; default: what the event type's annotation says (`docs/annotations.md`). */
  readonly subject?: string;
  /** Events with the same group id are in order; default: the values of the fields that are annotated `orderBy`. */
  readonly groupId?: string;
  /** How long the event is worth to be delivered, in milliseconds. Default: for ever. */
  readonly ttlMs?: number;
  /** Application properties beside those that are promoted. */
  readonly properties?: ReadonlyMap<string, string>;
  /** The W3C trace context; default: what option `traceparent` of the publisher gives. */
  readonly traceparent?: string;
  /** The message that this one repeats: what it says stays as it was, but for subject and group id, which are given or the event's own. */
  readonly repeats?: OriginalMessage;
}

/** What a message says that is sent once more. */
export interface OriginalMessage {
  /** Default: now. */
  readonly creationTime?: Date;
  /** All of them, those of CloudEvents and the trace context among them. Default: none. */
  readonly applicationProperties?: ReadonlyMap<string, PropertyValue>;
}

/** How something is closed. */
export interface CloseOptions {
  /** False gives up at once what is not finished. Default true. */
  readonly drain?: boolean;
  /** How long to wait for what is not finished, in milliseconds; default: option `closeTimeoutMs`. */
  readonly timeoutMs?: number;
}

type PublisherDefault =
  | ConnectDefault
  | "validate"
  | "durable"
  | "sendTimeoutMs"
  | "maxPending"
  | "maxPendingBytes"
  | "whenFull"
  | "closeTimeoutMs";

const DEFAULTS: Required<Pick<PublisherOptions, PublisherDefault>> = {
  ...CONNECT_DEFAULTS,
  validate: true,
  durable: true,
  sendTimeoutMs: 30_000,
  maxPending: 10_000,
  maxPendingBytes: 64 * 1024 * 1024,
  whenFull: "reject",
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
};

/** The defaults of {@link RefusalOptions}. */
export const REFUSAL_DEFAULTS: RefusalOptions = {
  maxAttempts: 5,
  minDelayMs: 100,
  maxDelayMs: 5_000,
  factor: 2,
  jitter: 0.5,
};

/** The options with their defaults. */
export type CheckedPublisherOptions = WithDefaults<Omit<PublisherOptions, "refusals" | "journal">, PublisherDefault> & {
  readonly refusals: RefusalOptions;
  readonly journal: CheckedJournalOptions | undefined;
};

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function checkPublisherOptions(options: PublisherOptions): CheckedPublisherOptions {
  const given = withDefaults(options, DEFAULTS);
  const checked = {
    ...given,
    refusals: withDefaults(options.refusals ?? {}, REFUSAL_DEFAULTS),
    journal: options.journal === undefined ? undefined : checkJournalOptions(options.journal),
  };
  assertConnectOptions(checked);
  assertInteger(checked.maxPending, "maxPending", 1);
  assertInteger(checked.maxPendingBytes, "maxPendingBytes", 1);
  assertMilliseconds(checked.sendTimeoutMs, "sendTimeoutMs");
  assertMilliseconds(checked.closeTimeoutMs, "closeTimeoutMs");
  assertInteger(checked.refusals.maxAttempts, "refusals.maxAttempts", 1);
  assertMilliseconds(checked.refusals.minDelayMs, "refusals.minDelayMs");
  assertMilliseconds(checked.refusals.maxDelayMs, "refusals.maxDelayMs");
  if (checked.source !== undefined) assertName(checked.source, "source");
  if (checked.traceparent !== undefined) assertFunction(checked.traceparent, "traceparent");
  if (checked.whenFull !== "reject" && checked.whenFull !== "wait") {
    throw new XqbusError("xqbus:illegal-argument", 'option whenFull must be "reject" or "wait"');
  }
  assertCatalog(checked.catalog);
  return checked;
}

function assertCatalog(catalog: unknown): void {
  if (catalog === undefined || catalog instanceof Promise || isCatalog(catalog)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "option catalog must be a Catalog or the promise of one, such as loadCatalog() gives",
  );
}

/** The texts that one message may have. */
const NAMES = ["messageId", "correlationId", "subject", "groupId", "traceparent"] as const;

/** @throws XqbusError `xqbus:illegal-argument` naming the option of a call that cannot be used */
export function assertSendOptions(options: SendOptions): void {
  for (const name of NAMES) if (options[name] !== undefined) assertName(options[name], name);
  if (options.ttlMs !== undefined) assertMilliseconds(options.ttlMs, "ttlMs");
}
