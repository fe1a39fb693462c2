import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { compileFilter, EVERY_EVENT, type Filter, type FilterLanguage, type FilterOptions } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import { resolveXmlLimits, type XmlLimits } from "../xml/index.ts";
import { assertMilliseconds } from "./deadline.ts";
import type { EventDelivery } from "./event-delivery.ts";
import type { PlacementMode } from "./placement/index.ts";
import type { Subscription } from "./subscription.ts";
import {
  assertConnectOptions,
  assertFunction,
  assertInteger,
  assertName,
  CONNECT_DEFAULTS,
  DEFAULT_CLOSE_TIMEOUT_MS,
  isCatalog,
  withDefaults,
  type ConnectDefault,
  type ConnectOptions,
  type WithDefaults,
} from "./options.ts";

/** Called for every matching event; what it throws, or the promise it gives rejects with, sends the event back. */
export type EventCallback = (event: Event, delivery: EventDelivery) => void | Promise<void>;

/** Which events a consumer wants, and what happens with them. */
export interface ConsumerOptions extends ConnectOptions {
  /** The filter in XQuery 3.1; an event matches when its effective boolean value is true. Default: every event. */
  readonly xquery?: string;
  /** The filter in XPath 3.1; instead of `xquery`. */
  readonly xpath?: string;
  /** The filter in XPath 1.0, as ActiveMQ and Artemis understand XPath; instead of `xquery`. */
  readonly xpath1?: string;
  /** Namespace of the unprefixed element names in the filter. Default: none. */
  readonly defaultElementNamespace?: string;
  /** Without a callback the consumer is an async iterator. */
  readonly callback?: EventCallback;
  /** Callbacks by event type, instead of `callback`; only own properties count. */
  readonly handlers?: Readonly<Record<string, EventCallback>>;
  /**
   * What becomes of a matching event without a handler: it is accepted and forgotten (`drop`, the default), or rejected
   * (`dead-letter`). Either way it is counted.
   */
  readonly unhandled?: "drop" | "dead-letter";
  /**
   * Name of a subscription that the broker keeps: what is sent while the consumer is away waits for it. One consumer at a time has
   * it; the last one that comes takes it over. {@link AMQPEventConsumer.unsubscribe} ends it.
   */
  readonly durable?: string;
  /** Divides the events of one subscription among the consumers that name it; with `durable`, true makes that one shared. */
  readonly shared?: string | boolean;
  /**
   * Validates every event; an invalid one is rejected like one that is not well-formed. The filter is checked against it, at once and
   * again whenever it changes (`docs/filter-check.md`). Default: no validation.
   */
  readonly catalog?: Catalog;
  /** What a filter is that can match no valid event of the catalog: an `error` of the constructor (the default), or a `warning`. */
  readonly onCatalogProblem?: FilterOptions["onCatalogProblem"] & string;
  /**
   * What the broker is asked to leave out before it sends: what no wanted event is lost by, whoever sends (`open`, the default); what holds
   * for publishers of this package with the same annotations (`labelled`: stricter selectors, routing keys, also for durable subscriptions); nothing (`here`).
   * {@link AMQPEventConsumer.placement} says what became of it (`docs/brokers.md`).
   */
  readonly placement?: PlacementMode;
  /** Messages that the broker may send ahead, 1 to 100 000. Default 100. */
  readonly prefetch?: number;
  /** Callbacks that may run at the same time, not more than `prefetch`. Default 1: events are handled one after the other, in their order. */
  readonly concurrency?: number;
  /** Deliveries of one event whose callback throws, before it is rejected for good (and dead-lettered). Default 5. */
  readonly maxDeliveries?: number;
  /** Bounds on one document; a message may have 64 KiB more. */
  readonly limits?: Partial<XmlLimits>;
  /** How long `close` waits for running callbacks, in milliseconds. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /**
   * Hears of what no caller is told: a callback that threw (`xqbus:callback-failed`, its `cause` is what was thrown), an
   * invalid event (InvalidEventError, `xqbus:invalid-event`), the first event on which the filter failed (FilterError),
   * what the catalog has against the filter (FilterError `xqbus:filter-…`), when the consumer is made and when the catalog changes,
   * and the loss of the connection where nobody has asked for `ready`, `join()` or the iterator.
   * Default: `process.emitWarning` with one line.
   */
  readonly onError?: (error: XqbusError, event?: Event) => void;
}

type ConsumerDefault =
  ConnectDefault | "prefetch" | "concurrency" | "maxDeliveries" | "unhandled" | "limits" | "closeTimeoutMs" | "onError";

const DEFAULTS: Required<Pick<ConsumerOptions, ConsumerDefault>> = {
  ...CONNECT_DEFAULTS,
  prefetch: 100,
  concurrency: 1,
  maxDeliveries: 5,
  unhandled: "drop",
  limits: {},
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
  onError: warn,
};

/** rhea sizes its buffers by it. */
const MAX_PREFETCH = 100_000;

/** The options with their defaults. */
export type CheckedConsumerOptions = WithDefaults<ConsumerOptions, ConsumerDefault> & {
  readonly limits: XmlLimits;
};

/** @throws XqbusError `xqbus:illegal-argument` naming the option */
export function checkConsumerOptions(options: ConsumerOptions): CheckedConsumerOptions {
  const given = withDefaults(options, DEFAULTS);
  const checked = { ...given, limits: resolveXmlLimits(given.limits) };
  assertConnectOptions(checked);
  assertInteger(checked.prefetch, "prefetch", 1, MAX_PREFETCH);
  assertInteger(checked.concurrency, "concurrency", 1);
  assertInteger(checked.maxDeliveries, "maxDeliveries", 1);
  assertMilliseconds(checked.closeTimeoutMs, "closeTimeoutMs");
  assertFunction(checked.onError, "onError");
  if (checked.callback !== undefined) assertFunction(checked.callback, "callback");
  assertConsistent(checked);
  assertHandlers(checked);
  assertSubscription(checked);
  assertPlacement(checked);
  return checked;
}

/** What the options say of the subscription. */
export function subscriptionOf(options: ConsumerOptions, filter: Filter): Subscription {
  const { durable, shared, catalog, placement = "open", reconnect } = options;
  return {
    durable,
    shared: typeof shared === "string" ? shared : shared === true ? durable : undefined,
    wish: { filter, catalog, mode: placement, canRenew: reconnect !== false },
  };
}

const PLACEMENT_MODES: readonly PlacementMode[] = ["open", "labelled", "here"];

function assertPlacement({ placement }: CheckedConsumerOptions): void {
  if (placement === undefined || PLACEMENT_MODES.includes(placement)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `option placement must be one of ${PLACEMENT_MODES.join(", ")}, got "${String(placement)}"`,
  );
}

function assertSubscription({ durable, shared }: CheckedConsumerOptions): void {
  if (durable !== undefined) assertName(durable, "durable");
  if (typeof shared === "string") assertName(shared, "shared");
  if (shared === true && durable === undefined) {
    throw new XqbusError("xqbus:illegal-argument", "option shared is true, but the subscription has no name; give one");
  }
  if (typeof shared === "string" && durable !== undefined && shared !== durable) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      "options durable and shared name two subscriptions; a consumer has one",
    );
  }
  if ([durable, shared].some((name) => typeof name === "string" && name.includes("|"))) {
    throw new XqbusError("xqbus:illegal-argument", 'the name of a subscription must not have a "|"');
  }
}

function assertHandlers({ callback, handlers, unhandled }: CheckedConsumerOptions): void {
  if (unhandled !== "drop" && unhandled !== "dead-letter") {
    throw new XqbusError("xqbus:illegal-argument", 'option unhandled must be "drop" or "dead-letter"');
  }
  if (handlers === undefined) return;
  if (callback !== undefined) {
    throw new XqbusError("xqbus:illegal-argument", "options callback and handlers are both given; give one of them");
  }
  for (const [name, handler] of Object.entries(handlers)) assertFunction(handler, `handlers.${name}`);
}

/** The callback for every matching event that has one; undefined for a consumer that is iterated. */
export function callbackOf({ callback, handlers }: ConsumerOptions): EventCallback | undefined {
  if (handlers === undefined) return callback;
  return (event, delivery) => handlers[event.name]?.(event, delivery);
}

function assertConsistent({ prefetch, concurrency, catalog }: CheckedConsumerOptions): void {
  if (concurrency > prefetch) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `option concurrency is ${concurrency}, but the broker sends only ${prefetch} messages ahead; raise prefetch as well`,
    );
  }
  if (catalog !== undefined && !isCatalog(catalog)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      "option catalog must be a Catalog, such as `await loadCatalog()` gives",
    );
  }
}

/** The options with the text of a filter, which are called like its language. */
const FILTER_LANGUAGES: readonly FilterLanguage[] = ["xquery", "xpath", "xpath1"];

/**
 * The filter that the options ask for.
 *
 * @throws FilterError the query does not compile; XqbusError `xqbus:illegal-argument` more than one of `xquery`, `xpath` and `xpath1` is given
 */
export function filterOf(options: ConsumerOptions): Filter {
  const { defaultElementNamespace, catalog, onCatalogProblem } = options;
  const given = FILTER_LANGUAGES.filter((language) => options[language] !== undefined);
  const [language, second] = given;
  if (language === undefined) return EVERY_EVENT;
  if (second !== undefined) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `options ${given.join(" and ")} are both given; a consumer has one filter`,
    );
  }
  return compileFilter(options[language]!, {
    language,
    ...(defaultElementNamespace === undefined ? {} : { defaultElementNamespace }),
    ...(catalog === undefined ? {} : { catalog }),
    ...(onCatalogProblem === undefined ? {} : { onCatalogProblem }),
  });
}

function warn(error: XqbusError): void {
  process.emitWarning(error.message.replace(/\s+/gu, " "), { type: error.name, code: error.code });
}
