import { XqbusError } from "../errors.ts";
import type { BusConnection } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import { NotConnectedError, RefusedError } from "./errors.ts";
import type { OrderBy } from "./order-by.ts";
import type { ConnectOptions } from "./options.ts";
import {
  callMethod,
  HARMLESS_EXPIRES_MS,
  RequestSender,
  RPC,
  type RequestLimits,
  type RpcError,
} from "./requests/index.ts";
import type { EndedSubscription, RouterMode } from "./router-mode.ts";
import { holdsMessages } from "./relay/holds-messages.ts";
import { ROUTER_SERVICE, routerQueue, type RoutedQueue, type Subscription } from "./subscription.ts";
import { RouteWatch } from "./route-watch.ts";
import { parseBusUrls, urlsFrom } from "./url.ts";

/** What asking needs of a consumer's options. */
export interface RoutingOptions extends ConnectOptions {
  readonly router: RouterMode;
  readonly routerTimeoutMs: number;
  readonly routerCheckMs: number;
  readonly defaultElementNamespace?: string;
  readonly orderBy?: OrderBy;
  readonly timeoutMs: number;
}

const METHOD = "openSubscription";
const HARMLESS = { expiresAfterMs: HARMLESS_EXPIRES_MS };
/** Names that a route can have. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,149}$/u;

/**
 * The subscription of a consumer, which has a queue of a router where one is there: decided with the first connection, and kept. Later
 * connections ask for it again, so that the route is there, and do without an answer.
 */
export class RoutedSubscription {
  /** The broker that the consumer is connected to first. */
  #url: string | readonly string[];
  readonly #options: RoutingOptions;
  readonly #given: Subscription;
  readonly #watch: RouteWatch;
  #decided: Subscription | undefined;

  constructor(url: string | readonly string[], options: RoutingOptions, given: Subscription) {
    this.#url = url;
    this.#options = options;
    this.#given = given;
    this.#watch = new RouteWatch(options.routerCheckMs);
  }

  /** The queue that it has. */
  get routed(): RoutedQueue | undefined {
    return this.#decided?.routed;
  }

  /**
   * What to attach to.
   *
   * @throws RefusedError the router does not give a queue for this filter, or there is none and one is required; TimeoutError
   */
  async on({ dialect, url }: BusConnection, deadline: Deadline): Promise<Subscription> {
    this.#url = urlsFrom(this.#url, url);
    const { durable, wish } = this.#given;
    const { router } = this.#options;
    const isWanted = durable !== undefined && wish !== undefined && wish.filter.text !== ".";
    const knowsXQuery = dialect.filters.xquery === "exact" || dialect.filters.xquery === "applied";
    if (router === "never" || !isWanted || (knowsXQuery && router === "auto")) return this.#given;
    if (this.#decided !== undefined && this.routed === undefined) return this.#decided;
    const reason = this.#cannotAsk(durable);
    const found = reason ?? (await this.#ask(durable, deadline).catch((error: unknown) => this.#known(error)));
    if (typeof found === "object") this.#decided = { ...this.#given, routed: found };
    else if (this.#decided === undefined) {
      if (router === "required") throw new RefusedError(`the subscription "${durable}" has no router: ${found}`);
      this.#decided = { ...this.#given, unrouted: found };
    }
    return this.#decided;
  }

  /**
   * Begins to look whether its route stays there.
   *
   * @param received messages so far: as long as they come, it is
   * @param onGone hears once of `xqbus:route-deleted`
   */
  watch(received: () => number, onGone: (error: XqbusError) => void): void {
    if (this.routed === undefined) return;
    const text =
      `somebody has ended the route "${this.#given.durable}" (unsubscribe, xqbus route delete): what waited for it, and what was sent since ` +
      `then, does not come; the consumer makes it again with its next connection`;
    const gone = (): void => onGone(new XqbusError("xqbus:route-deleted", text));
    this.#watch.start({ isThere: (signal) => this.#isThere(signal), received, onGone: gone });
  }

  /** Idempotent. */
  unwatch(): void {
    this.#watch.stop();
  }

  /** Ends the route; one that is gone is no error. @throws NotConnectedError, RefusedError, TimeoutError: it is still there */
  async end(deadline: Deadline): Promise<EndedSubscription> {
    const requests = this.#requests();
    try {
      const { durable } = this.#given;
      const answer = await deadline.race(
        this.#call(
          requests,
          "closeSubscription",
          { name: durable, group: this.routed?.group },
          this.#options.timeoutMs,
        ),
      );
      // It may have been asked twice, or somebody else was first.
      if ("error" in answer && codeOf(answer.error) === "xqbus:unknown-name") return { waiting: undefined };
      if ("error" in answer) throw refusal(answer.error);
      const { waiting } = answer.result as { readonly waiting: number | null };
      return { waiting: waiting ?? undefined };
    } finally {
      await requests.close({ drain: false });
    }
  }

  /** A daemon that cannot answer now does not keep us from the queue that we have. @throws whatever else there is */
  #known(error: unknown): RoutedQueue {
    if (error instanceof NotConnectedError && this.routed !== undefined) return this.routed;
    throw error;
  }

  /** Whether its route is there. Never rejects. @returns undefined: nobody says so now */
  async #isThere(signal: AbortSignal): Promise<boolean | undefined> {
    const asked = { name: this.#given.durable, group: this.routed?.group };
    const requests = this.#requests();
    try {
      const answer = await this.#call(requests, "hasSubscription", asked, this.#options.timeoutMs, {
        ...HARMLESS,
        signal,
      });
      return "result" in answer && typeof answer.result === "boolean" ? answer.result : undefined;
    } catch {
      return undefined;
    } finally {
      await requests.close({ drain: false });
    }
  }

  #cannotAsk(name: string): string | undefined {
    if (!NAME.test(name)) return `a route cannot have the name "${name}": it is no letters, digits, "_", "." and "-"`;
    if (typeof this.#options.orderBy === "function") return "option orderBy is a function, which no router can be told";
    return undefined;
  }

  /** @returns why there is no router */
  async #ask(name: string, deadline: Deadline): Promise<RoutedQueue | string> {
    const { router, routerTimeoutMs, timeoutMs } = this.#options;
    const requests = this.#requests();
    try {
      // Whether somebody is there comes first: a route that is made too late for us would fill its queue for nobody.
      const patienceMs = router === "required" && this.routed === undefined ? timeoutMs : routerTimeoutMs;
      const known = await deadline
        .race(this.#call(requests, "getMethods", [], patienceMs, HARMLESS))
        .catch((error: unknown) => {
          if (deadline.error !== undefined || !(error instanceof XqbusError)) throw error;
          return error;
        });
      if (known instanceof XqbusError)
        return await this.#unasked(name, `no router answers: ${known.message}`, deadline);
      const methods = "result" in known ? known.result : undefined;
      if (!Array.isArray(methods) || !methods.includes(METHOD)) return "the daemon has no router";
      const answer = await deadline.race(this.#call(requests, METHOD, [this.#wish(name)], timeoutMs));
      if ("error" in answer) throw refusal(answer.error);
      const { queue, isExact, group } = answer.result as RoutedQueue;
      return { queue, isExact, group };
    } finally {
      await requests.close({ drain: false });
    }
  }

  /** Events that a router has put on a queue of this name before are ours: without them we would begin another subscription. */
  async #unasked(name: string, unasked: string, deadline: Deadline): Promise<RoutedQueue | string> {
    if (this.routed !== undefined) return this.routed;
    if (this.#options.router === "required") return unasked;
    const [{ domain }] = parseBusUrls(this.#url);
    const queue = routerQueue(domain, name);
    return (await holdsMessages(this.#url, queue, this.#connect(), deadline))
      ? { queue, isExact: false, unasked }
      : unasked;
  }

  #wish(name: string): object {
    const { defaultElementNamespace, orderBy } = this.#options;
    const { text: xquery, language } = this.#given.wish!.filter;
    return { name, xquery, language, defaultElementNamespace, orderBy };
  }

  #requests(): RequestSender {
    return new RequestSender(this.#url, ROUTER_SERVICE, this.#connect());
  }

  #connect(): ConnectOptions {
    const { tls, dialect, vhost, sasl, idleTimeoutMs, timeoutMs } = this.#options;
    const given = Object.entries({ tls, dialect, vhost, sasl, idleTimeoutMs, timeoutMs });
    return Object.fromEntries(given.filter(([, value]) => value !== undefined));
  }

  #call(
    requests: RequestSender,
    method: string,
    given: object,
    timeoutMs: number,
    more: Partial<Pick<RequestLimits, "signal" | "expiresAfterMs">> = {},
  ): Promise<{ readonly result: unknown } | { readonly error: RpcError }> {
    const params = Array.isArray(given) ? given : [given];
    const what = `asking the daemon for ${method}`;
    return callMethod(requests, { method, params, what }, { timeoutMs, signal: undefined, idempotent: true, ...more });
  }
}

/** The daemon cannot reach its broker or its database now. */
const PASSING: readonly unknown[] = ["xqbus:not-connected", "xqbus:timeout", "xqbus:database-unavailable"];

function codeOf({ data }: RpcError): string | undefined {
  return data === null || typeof data !== "object" ? undefined : (data as { readonly code?: string }).code;
}

function refusal(error: RpcError): RefusedError | NotConnectedError {
  const { code, message } = error;
  const condition = codeOf(error);
  if (PASSING.includes(condition)) return new NotConnectedError(`the daemon's router cannot do it now: ${message}`);
  const what = code === RPC.methodNotFound ? "the daemon has no router" : `the daemon's router refuses: ${message}`;
  return new RefusedError(what, { condition, description: message });
}
