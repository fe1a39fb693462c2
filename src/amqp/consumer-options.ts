import { assertFunction, assertInteger } from "../assert-option.ts";
import { systemClock, type Clock } from "../clock.ts";
import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { compileFilter, EVERY_EVENT, type Filter, type FilterLanguage, type FilterOptions } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import { resolveXmlLimits, type XmlLimits } from "../xml/index.ts";
import type {
  HandledIds,
  HandledIdsOptions,
  HandlerContext,
  RateOptions,
  RetryPolicyOptions,
} from "../subscription/index.ts";
import type { DeadLetterListener } from "./dead-letter-listener.ts";
import { assertMilliseconds } from "./deadline.ts";
import type { EventDelivery } from "./event-delivery.ts";
import type { OrderBy } from "./order-by.ts";
import type { PlacementMode } from "./placement/index.ts";
import { ROUTER_MODES, type RouterMode } from "./router-mode.ts";
import type { Subscription } from "./subscription.ts";
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

/**
 * Called for every matching event. What it throws, or the promise it gives rejects with, makes the attempt fail; `PermanentError` and
 * `RetryLater` say more.
 */
export type EventCallback = (event: Event, delivery: EventDelivery, context: HandlerContext) => void | Promise<void>;

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
   * What becomes of a matching event without a handler: it is accepted and forgotten (`drop`, the default), it becomes a dead letter
   * (`dead-letter`), or it is sent to `parkTo` (`park`). It is counted in any case.
   */
  readonly unhandled?: "drop" | "dead-letter" | "park";
  /** The address where events without a handler wait for somebody who has one. */
  readonly parkTo?: string;
  /**
   * Name of a subscription that the broker keeps: what is sent while the consumer is away waits for it. One consumer at a time has
   * it; the last one that comes takes it over (on Broker-J they share it, `docs/brokers.md`). {@link AMQPEventConsumer.unsubscribe} ends it.
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
  /**
   * Whether a durable subscription with a filter gets a queue of its own from the router of a daemon, where the broker evaluates no XQuery:
   * where one answers (`auto`, the default), `never`, or nothing else will do (`required`). A function as `orderBy` cannot be told to a router
   * (`docs/scaling.md`).
   */
  readonly router?: RouterMode;
  /** How long to wait for a sign of a router with `router: "auto"`, in milliseconds. Default 1 000. */
  readonly routerTimeoutMs?: number;
  /**
   * How often a consumer with a queue from a router that gets nothing asks whether its route is still there, more or less, in milliseconds;
   * `Infinity`: never. When somebody has ended the route, the consumer says so (`xqbus:route-deleted`) and makes it again. Default 60 000.
   */
  readonly routerCheckMs?: number;
  /** Messages that the broker may send ahead, 1 to 100 000. Default 100. */
  readonly prefetch?: number;
  /**
   * Callbacks that may run at the same time, 1 to 10 000, not more than `prefetch`. Default 1: events are handled one after the other,
   * in their order. A loop has one.
   */
  readonly concurrency?: number;
  /** Callbacks that may begin within a time: `10/s`, `100/min burst 5`. Default: any number. */
  readonly rate?: string | RateOptions;
  /**
   * Events of the same key are handled one after the other, in their order, also through retries, which take place here then. Those of
   * other keys are handled meanwhile, as far as `concurrency` lets them. Default: none has a key.
   */
  readonly orderBy?: OrderBy;
  /**
   * Deliveries of one event whose callback throws, before it is a dead letter; in between it goes back to the broker, which delivers it
   * again at once. Default 5. With `retry` that decides instead.
   */
  readonly maxDeliveries?: number;
  /**
   * When an event whose callback throws is tried again, as text or object: `5x exponential 1s..5m jitter 0.2 max-age 1d`
   * (`docs/subscription.md`). It waits here, counts for `prefetch`, and is the broker's until it is handled. Default: `maxDeliveries`.
   */
  readonly retry?: string | RetryPolicyOptions;
  /** How long one callback may take, in milliseconds; then its `signal` is aborted and the attempt has failed. Default Infinity. */
  readonly handlerTimeoutMs?: number;
  /**
   * Accepts an event without calling the callback when that has handled one with the same message id before: `true` for a window of
   * 10 000 ids and a day in memory, its bounds, or a window of one's own. Default: repetitions are handled.
   */
  readonly deduplicate?: boolean | HandledIdsOptions | HandledIds;
  /** What dead letters call this consumer. Default: the name of its subscription, else the domain. */
  readonly name?: string;
  /**
   * The address that dead letters are sent to, with their record as application properties (`docs/client.md`), before the event is
   * accepted. For brokers that have no place for rejected messages. Default: the broker gets `rejected`.
   */
  readonly deadLetterTo?: string;
  /** Hears of each dead letter: why, how many attempts, of which consumer and address. */
  readonly onDeadLetter?: DeadLetterListener;
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
  /** The time of retries, rates, ages and the window of ids; of connections it is always the machine's. Default: the machine's. */
  readonly clock?: Clock;
  /** Chance for the jitter of `retry`, from 0 to less than 1. Default Math.random. */
  readonly random?: () => number;
}

type ConsumerDefault =
  | ConnectDefault
  | "prefetch"
  | "concurrency"
  | "maxDeliveries"
  | "unhandled"
  | "handlerTimeoutMs"
  | "limits"
  | "closeTimeoutMs"
  | "onError"
  | "router"
  | "routerTimeoutMs"
  | "routerCheckMs"
  | "clock";

const DEFAULTS: Required<Pick<ConsumerOptions, ConsumerDefault>> = {
  ...CONNECT_DEFAULTS,
  prefetch: 100,
  concurrency: 1,
  maxDeliveries: 5,
  unhandled: "drop",
  handlerTimeoutMs: Infinity,
  limits: {},
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
  onError: warn,
  router: "auto",
  routerTimeoutMs: 1_000,
  routerCheckMs: 60_000,
  clock: systemClock({ keepsProcessAlive: true }),
};

/** rhea sizes its buffers by it. */
const MAX_PREFETCH = 100_000;
const MAX_CONCURRENCY = 10_000;
const MAX_DELIVERIES = 1_000_000;

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
  assertInteger(checked.concurrency, "concurrency", 1, MAX_CONCURRENCY);
  assertInteger(checked.maxDeliveries, "maxDeliveries", 1, MAX_DELIVERIES);
  assertMilliseconds(checked.closeTimeoutMs, "closeTimeoutMs");
  assertRouter(checked);
  assertFunction(checked.onError, "onError");
  if (checked.callback !== undefined) assertFunction(checked.callback, "callback");
  if (checked.onDeadLetter !== undefined) assertFunction(checked.onDeadLetter, "onDeadLetter");
  for (const name of ["name", "deadLetterTo", "parkTo"] as const) {
    if (checked[name] !== undefined) assertName(checked[name], name);
  }
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

function assertRouter({ router, routerTimeoutMs, routerCheckMs, durable }: CheckedConsumerOptions): void {
  assertMilliseconds(routerTimeoutMs, "routerTimeoutMs");
  assertMilliseconds(routerCheckMs, "routerCheckMs");
  if (!ROUTER_MODES.includes(router)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `option router must be one of ${ROUTER_MODES.join(", ")}, got "${String(router)}"`,
    );
  }
  if (router === "required" && durable === undefined) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      'option router is "required", and only durable subscriptions have one',
    );
  }
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

function assertHandlers({ callback, handlers, unhandled, parkTo }: CheckedConsumerOptions): void {
  if (!["drop", "dead-letter", "park"].includes(unhandled)) {
    throw new XqbusError("xqbus:illegal-argument", 'option unhandled must be "drop", "dead-letter" or "park"');
  }
  if ((unhandled === "park") !== (parkTo !== undefined)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      'option parkTo says where unhandled: "park" sends events to; give both',
    );
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
  return (event, delivery, context) => handlers[event.name]?.(event, delivery, context);
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
