import { setTimeout as sleep } from "node:timers/promises";
import {
  NotConnectedError,
  parseBusUrls,
  purgeQueue,
  QueueSender,
  RepeatedDeliveries,
  routerQueue,
  type RepeatedDelivery,
  type WaitLimits,
} from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { Backlog, type BacklogCount } from "./backlog.ts";
import { BacklogCounts } from "./backlog-counts.ts";
import { checkRoute } from "./check-route.ts";
import { Copies, type CopyCounts } from "./copies.ts";
import { drainAll } from "./drain-all.ts";
import { Forwarder, type ForwardCounts } from "./forwarder.ts";
import type { Group } from "./group.ts";
import { GroupStore } from "./group-store.ts";
import { GroupWatch } from "./group-watch.ts";
import { OrderedForwarder } from "./ordered-forwarder.ts";
import { RouteReader } from "./route-reader.ts";
import { RouteStore, type RoutePage } from "./route-store.ts";
import { Routes } from "./routes.ts";
import { checkRouterOptions, type CheckedRouterOptions, type RouterOptions } from "./router-options.ts";
import type { Route, RouteChange, RouteChangeKind, RouteEnd } from "./route.ts";
import { WaitingEvents, type DiscardedEvent, type WaitingPage, type WaitingQuery } from "./waiting-events.ts";

/** How routing is going. */
export interface RouterHealth {
  /** Events reach this process, also those for routes with order where it keeps that. */
  readonly isReceiving: boolean;
  /** Why the bus was not reached since the start; it is tried again. */
  readonly unreached: XqbusError | undefined;
  /** Why events wait on the bus: the database cannot be used, or the subscription of routes with order. */
  readonly failure: XqbusError | undefined;
  /** Routes of which something is wrong with their filter, with what it is. */
  readonly problems: readonly (readonly [name: string, problem: string])[];
  /** What waits for queues that do not take it. */
  readonly backlog: readonly BacklogCount[];
  /** The event that was delivered to processes most often lately and came again without an outcome. */
  readonly repeated: RepeatedDelivery | undefined;
  /**
   * Daemons with another database serve the same domain: events are lost to the consumers of each (`xqbus:shared-domain`), or only what
   * consumers ask is divided among them (`xqbus:shared-service`).
   */
  readonly sharedDomain: XqbusError | undefined;
}

/** What a router has done since it was made. */
export interface RouterCounts extends ForwardCounts, CopyCounts {
  readonly routes: number;
  /** Events under way now. */
  readonly waiting: number;
  /** Links to queues now. */
  readonly links: number;
}

type Change = WaitLimits & {
  readonly dryRun?: boolean;
  /** Hears that the database has the change, also where an error follows: others may be slow to take it. */
  readonly onStored?: (change: RouteChangeKind) => void;
};

const AGAIN_MS = 2000;
const SHARE_OF_EVENTS = 0.8;
/** Nobody waits for an ordered route that was given back with its lease. */
const LEASE_END_MS = 2000;

/**
 * Puts the events of a bus on the queues of the routes that they match, in as many processes as there are routers on one database. A
 * message is sent as it came, at least once to each queue, and repeated with the same message id.
 */
export class Router {
  readonly #options: CheckedRouterOptions;
  readonly #store: RouteStore;
  readonly #backlog: Backlog;
  readonly #waiting: BacklogCounts;
  readonly #waitingEvents: WaitingEvents;
  readonly #routes: Routes;
  readonly #sender: QueueSender;
  readonly #copies: Copies;
  readonly #repeated: RepeatedDeliveries;
  readonly #reader: RouteReader;
  readonly #forwarder: Forwarder;
  readonly #groups: GroupWatch;
  readonly #groupStore: GroupStore;
  readonly #domain: string;
  readonly #subscription: string;
  readonly #end: AbortController = new AbortController();
  #keeper: OrderedForwarder | undefined;
  #holds: (() => Promise<void>)[] = [];
  #starting: Promise<void> | undefined;
  #isThere = false;
  #unreached: XqbusError | undefined;

  /**
   * A router that does nothing yet, but its routes can be listed.
   *
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`
   */
  constructor(given: RouterOptions) {
    const options = checkRouterOptions(given);
    const { url, connect, catalog, database, maxLinks, sendTimeoutMs, creditTimeoutMs, attempts, restMs, onProblem } =
      options;
    this.#options = options;
    [{ domain: this.#domain }] = parseBusUrls(url);
    this.#subscription = options.subscription ?? `${this.#domain}.xqbus.router`;
    this.#store = new RouteStore(database, this.#domain);
    this.#backlog = new Backlog(database);
    this.#waiting = new BacklogCounts(() => this.#backlog.counts());
    this.#waitingEvents = new WaitingEvents(database);
    this.#routes = new Routes(catalog);
    this.#sender = new QueueSender(url, { ...connect, maxLinks, sendTimeoutMs, creditTimeoutMs });
    const { sender, backlog, store } = this.#own;
    this.#copies = new Copies({ sender, backlog, attempts, sendTimeoutMs, restMs, onProblem });
    this.#repeated = new RepeatedDeliveries(onProblem);
    this.#reader = new RouteReader({
      ...{ database, store, onProblem },
      take: async (update) => {
        const gone = await this.#routes.take(update, store);
        this.#keeper?.changed();
        return gone;
      },
      ended: (name) => this.#copies.ended(name),
    });
    this.#forwarder = new Forwarder({ ...this.#parts, index: this.#routes.plain });
    const { groupIntervalMs: intervalMs, onAlone, otherSubscriptions } = options;
    this.#groupStore = new GroupStore(database);
    this.#groups = new GroupWatch({
      ...{ url, connect, domain: this.#domain, store: this.#groupStore, intervalMs, onProblem, onAlone },
      subscriptions: [this.#subscription, ...otherSubscriptions],
    });
  }

  /** Begins to route; when the bus is away, it goes on trying. Resolves after the first attempt. @throws what the database does */
  async start(): Promise<void> {
    await this.#reader.start();
    this.#groups.start();
    const { leases } = this.#options;
    this.#holds.push(
      await leases.hold("router.backlog", async (lost) => {
        const end = new AbortController();
        const { backlog, routes } = this.#own;
        const { onProblem } = this.#options;
        const { plain, ordered } = routes;
        const knows = (name: string): boolean => (plain.get(name) ?? ordered.get(name)) !== undefined;
        const parts = { backlog, copies: this.#copies, index: plain, knows, onProblem };
        const work = drainAll(parts, AbortSignal.any([lost, end.signal, this.#end.signal]));
        return () => (end.abort(), work);
      }),
      await leases.hold("router.ordered", async (lost) => {
        const { store, backlog, routes } = this.#own;
        const { ordered: index } = routes;
        const subscription = `${this.#subscription}.ordered`;
        const keeper = new OrderedForwarder({ ...this.#parts, index, subscription, store, backlog }, lost);
        this.#keeper = keeper;
        keeper.start();
        return async () => {
          this.#keeper = undefined;
          await keeper.stop(LEASE_END_MS);
        };
      }),
      await leases.hold("router.group", async (lost) => {
        const end = new AbortController();
        const work = this.#groups.ask(AbortSignal.any([lost, end.signal]));
        return () => (end.abort(), work);
      }),
    );
    if (!(await this.#attempt())) this.#starting = this.#repeat();
  }

  /** Takes no more events, waits for those under way, and disconnects; the bus keeps the rest. Never rejects. Idempotent. */
  async stop({ timeoutMs = 5000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    const holds = this.#holds;
    this.#holds = [];
    await Promise.allSettled([
      this.#forwarder.stop(timeoutMs * SHARE_OF_EVENTS),
      ...holds.map((giveBack) => giveBack()),
    ]);
    this.#end.abort();
    await this.#starting;
    await this.#groups.stop();
    await this.#reader.stop();
    await this.#routes.stop();
    await this.#sender.close();
  }

  /** By their names, some at a time. @param after name of the last one before; default: from the first */
  page(after = ""): Promise<RoutePage> {
    return this.#store.page(after);
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  get(name: string): Promise<Route> {
    return this.#store.get(name);
  }

  /**
   * Whether there is a route of this name.
   *
   * @param group the id of the group of daemons that has made it, of {@link Router.group}
   * @returns undefined: that is another group, which knows it
   * @throws what the database does
   */
  async has(name: string, group?: string): Promise<boolean | undefined> {
    if (group !== undefined && (await this.#groupStore.isOther(group))) return undefined;
    return this.#store.has(name);
  }

  /** The id of the group of daemons that this one is of: all that have its database. @throws what the database does */
  group(): Promise<string> {
    return this.#groupStore.own();
  }

  /**
   * Makes a route, or changes what it wants; its queue is made where that can be. Events that are sent when it has resolved reach the queue.
   *
   * @param given a {@link RouteInput}; whatever else is refused
   * @throws XqbusError `xqbus:illegal-argument`, FilterError; RefusedError the broker does not let us send to the queue; NotConnectedError,
   * TimeoutError
   */
  async put(name: string, given: unknown, { dryRun = false, onStored, ...limits }: Change = {}): Promise<RouteChange> {
    const input = checkRoute(given, this.#options.catalog);
    if (!dryRun) {
      if (!this.#isThere) throw new NotConnectedError("the router has not reached the bus yet; try again");
      await this.#sender.reach(routerQueue(this.#domain, name), limits);
    }
    const { route, change, generation } = await this.#store.put(name, input, { dryRun, ...limits });
    if (!dryRun) onStored?.(change);
    if (!dryRun && generation !== undefined) {
      await this.#reader.everywhere(generation, input.orderBy !== undefined, limits);
    }
    return { route, change };
  }

  /**
   * Ends a route, and throws away what waits for it. Where its queue could not be emptied, the next call tries that again, and until then
   * a route of the name is none that has always had its filter.
   *
   * @throws XqbusError `xqbus:unknown-name`; TimeoutError
   */
  async delete(name: string, { dryRun = false, onStored, ...limits }: Change = {}): Promise<RouteEnd> {
    if (dryRun) {
      const { queue } = await this.#store.get(name);
      const [waiting] = await this.#backlog.counts(name);
      return { name, queue, inQueue: undefined, inBacklog: waiting?.waiting ?? 0 };
    }
    const { queue, generation } = await this.#store.delete(name);
    onStored?.("ended");
    try {
      await this.#reader.everywhere(generation, false, limits);
      const inBacklog = await this.#backlog.removeAll(name);
      const inQueue = await this.#purge(name, queue, limits);
      // What is still in the queue was chosen by this filter: a next route of the name must not count as the only one that ever filled it.
      if (inQueue === undefined) await this.#store.interrupted(name);
      else await this.#store.ended(name);
      return { name, queue, inQueue, inBacklog };
    } catch (error) {
      await this.#store.interrupted(name).catch(() => undefined);
      throw error;
    }
  }

  /** A daemon of this domain says of which group it is; gives the one of this daemon. @throws what the database does */
  meet(given: unknown): Promise<Group> {
    return this.#groups.meet(given);
  }

  /** What waits in the database for the queue of a route, the oldest first. @throws XqbusError `xqbus:unknown-name` */
  async waiting(name: string, query: WaitingQuery = {}): Promise<WaitingPage> {
    await this.#store.get(name);
    return this.#waitingEvents.page(name, query);
  }

  /**
   * Throws away one event that waits in the database; those behind it go on.
   *
   * @param id of {@link Router.waiting}
   * @throws XqbusError `xqbus:unknown-name`
   */
  async discard(name: string, id: number, { dryRun = false }: Pick<Change, "dryRun"> = {}): Promise<DiscardedEvent> {
    await this.#store.get(name);
    return this.#waitingEvents.discard(name, id, { dryRun });
  }

  /** @throws what the database does */
  async health(): Promise<RouterHealth> {
    const unreached = this.#unreached;
    const keeping = unreached === undefined ? this.#keeper?.failure : undefined;
    const isReceiving = this.#forwarder.isReceiving && this.#sender.status === "connected" && keeping === undefined;
    const { problems } = this.#routes;
    const failure = (this.#reader.isFresh ? this.#copies.failure : this.#reader.failure) ?? keeping;
    const { problem: sharedDomain } = this.#groups;
    const health = { isReceiving, unreached, failure, problems, repeated: this.#repeated.recent, sharedDomain };
    try {
      return { ...health, backlog: await this.#waiting.get() };
    } catch (error) {
      return { ...health, failure: failure ?? (error as XqbusError), backlog: [] };
    }
  }

  get counts(): RouterCounts {
    return {
      ...this.#forwarder.counts,
      ...this.#copies.counts,
      routes: this.#routes.size,
      waiting: this.#forwarder.waiting,
      links: this.#sender.links,
    };
  }

  get #own() {
    return {
      sender: this.#sender,
      backlog: this.#backlog,
      store: this.#store,
      routes: this.#routes,
    };
  }

  get #parts() {
    const { url, connect, catalog, concurrency, maxMessageBytes, onProblem } = this.#options;
    return {
      ...{ url, connect, catalog, concurrency, maxMessageBytes, onProblem, subscription: this.#subscription },
      ...{ reader: this.#reader, copies: this.#copies, repeated: this.#repeated },
    };
  }

  async #purge(name: string, queue: string, limits: WaitLimits): Promise<number | undefined> {
    const { url, connect, onProblem } = this.#options;
    try {
      return await purgeQueue(url, queue, { ...connect, ...limits });
    } catch (error) {
      const { code, message } = error as XqbusError;
      const what = `the queue ${queue} has no route any more and could not be emptied: ${message}`;
      onProblem(new XqbusError(code, `${what}; "xqbus route delete ${name}" tries it again`));
      return undefined;
    }
  }

  /** @returns whether the bus is there */
  async #attempt(): Promise<boolean> {
    const { signal } = this.#end;
    try {
      await this.#sender.start(signal);
      await this.#forwarder.open(signal);
      this.#isThere = true;
      this.#unreached = undefined;
      return true;
    } catch (error) {
      const problem = error as XqbusError;
      // A broker that cannot do it says the same each time.
      if (!signal.aborted && problem.message !== this.#unreached?.message) this.#options.onProblem(problem);
      this.#unreached = problem;
      return false;
    }
  }

  async #repeat(): Promise<void> {
    do {
      await sleep(AGAIN_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
    } while (!this.#end.signal.aborted && !(await this.#attempt()));
  }
}
