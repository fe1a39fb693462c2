import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { MessageSource, type IncomingDelivery, type RelayedMessage } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Backlog } from "./backlog.ts";
import { BacklogDrain, MOST_DRAINS } from "./backlog-drain.ts";
import type { ForwarderParts } from "./forwarder.ts";
import { RouteKeys, type KeyOf } from "./route-keys.ts";
import type { RouteStore } from "./route-store.ts";
import type { Route } from "./route.ts";
import { Slots } from "./slots.ts";
import { takeMessage } from "./take-message.ts";

/** What keeping order needs besides. */
export interface OrderedParts extends ForwarderParts {
  readonly store: RouteStore;
  readonly backlog: Backlog;
}

/** What the keys of a route are, as long as its definition stays. */
interface Keys {
  readonly revision: number;
  readonly createdAt: number;
  readonly of: KeyOf;
  /** What was sent last for each key. */
  readonly last: Map<string, Promise<void>>;
  /** What was under way by the definition before, whose keys say nothing of these. */
  readonly before: Promise<unknown>;
}

/** A route with order, here: one for its name, whatever becomes of its definition, so that one drain at a time empties its backlog. */
interface Lane {
  keys: Keys;
  /** Copies go to the backlog until it is empty. */
  isAside: boolean;
  /** Copies on their way to the backlog, and those that are there or were. */
  appending: number;
  appended: number;
  /** Whether whoever had the lease before has left something is known. */
  ready: Promise<void>;
  /** What goes on with it: copies, its drain, the look for what was left. */
  users: number;
}

const AGAIN_MS = 1000;
/** Attaching may take so long before it is told. */
const ATTACHING_MS = 5000;

/**
 * Serves the routes with order, in the one process that has the lease: it reads the domain through a subscription of its own, and begins with the
 * copy of an event when that of the event before it with the same key is where it belongs.
 */
export class OrderedForwarder {
  readonly #parts: OrderedParts;
  readonly #end: AbortController = new AbortController();
  readonly #lanes: Map<string, Lane> = new Map();
  readonly #drains: Set<Promise<void>> = new Set();
  readonly #slots: Slots = new Slots(MOST_DRAINS);
  readonly #keys: RouteKeys;
  /** Events under way. */
  readonly #running: Set<Promise<void>> = new Set();
  #source: MessageSource | undefined;
  /** Events in the order in which they came. */
  #line: Promise<void> = Promise.resolve();
  #working: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #reason: XqbusError | undefined;
  /** Since when there are routes with order; undefined: there were none at the last look. */
  #neededSince: number | undefined;

  /** @param lost is aborted when another process may begin */
  constructor(parts: OrderedParts, lost: AbortSignal) {
    this.#parts = parts;
    // Node warns about the eleventh listener; all events under way may wait for it.
    setMaxListeners(0, this.#end.signal);
    this.#keys = new RouteKeys(parts.onProblem);
    if (lost.aborted) this.#end.abort();
    lost.addEventListener("abort", () => this.#end.abort(), { once: true });
  }

  /** Why routes with order get no events; undefined: they do, or there are none, or it has only just begun. */
  get failure(): XqbusError | undefined {
    if (this.#end.signal.aborted || this.#parts.index.size === 0 || this.#source?.status === "connected")
      return undefined;
    const isNew = this.#neededSince === undefined || performance.now() - this.#neededSince < ATTACHING_MS;
    if (this.#reason === undefined && isNew) return undefined;
    const { code, message } =
      this.#reason ?? new XqbusError("xqbus:not-connected", "their subscription is not attached yet");
    return new XqbusError(code, `routes with order get no events: ${message}`);
  }

  /** Routes of which it knows how far it is. */
  get lanes(): number {
    return this.#lanes.size;
  }

  start(): void {
    this.#working = this.#work();
  }

  /** The routes have changed. */
  changed(): void {
    this.#wake();
  }

  /** Waits for what is under way; then the rest comes again, to whoever has the lease next. Never rejects. */
  async stop(timeoutMs: number): Promise<void> {
    this.#source?.stop();
    const late = setTimeout(() => this.#end.abort(), timeoutMs);
    await this.#line;
    await Promise.all(this.#running);
    clearTimeout(late);
    this.#end.abort();
    this.#wake();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#end;
    const closing = (): void => void this.#source?.close();
    signal.addEventListener("abort", closing, { once: true });
    while (!signal.aborted) {
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      try {
        await this.#follow();
        this.#reason = undefined;
        await changed;
      } catch (error) {
        if (signal.aborted) break;
        const problem = error as XqbusError;
        if (problem.message !== this.#reason?.message) this.#parts.onProblem(problem);
        this.#reason = problem;
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    await this.#source?.close();
    await this.#line;
    await Promise.all(this.#drains);
  }

  /** Has a subscription exactly as long as there is a route with order, and tells the others so. */
  async #follow(): Promise<void> {
    const { store, index, reader } = this.#parts;
    await reader.look();
    const { generation } = reader;
    this.#neededSince = index.size === 0 ? undefined : (this.#neededSince ?? performance.now());
    for (const [name, lane] of this.#lanes) this.#forget(name, lane);
    if (index.size > 0) {
      await store.setState("has_ordered", 1);
      await this.#open();
      await this.#takeOver();
    } else if (this.#source !== undefined || (await store.state("has_ordered")) === 1) {
      await this.#open();
      await this.#source?.unsubscribe();
      this.#source = undefined;
      await store.setState("has_ordered", 0);
    }
    if ((await store.state("ordered")) !== generation) await store.setState("ordered", generation);
  }

  /** What whoever had the lease before has left goes on its way, also when no event comes behind it. */
  async #takeOver(): Promise<void> {
    const { backlog, index } = this.#parts;
    for (const name of await backlog.routes()) {
      const route = index.get(name);
      if (route !== undefined) this.#laneOf(route);
    }
  }

  async #open(): Promise<void> {
    if (this.#source !== undefined) return;
    const { url, connect, subscription, concurrency: prefetch, maxMessageBytes, onProblem } = this.#parts;
    const { signal } = this.#end;
    this.#source = await MessageSource.open(
      url,
      {
        ...{ ...connect, signal, subscription, isShared: false, prefetch, maxMessageBytes },
        onProblem: (error) => {
          this.#reason = error;
          onProblem(error);
        },
      },
      (incoming) => this.#take(incoming),
    );
  }

  #take(incoming: IncomingDelivery): void {
    this.#line = this.#line
      .then(() => this.#forward(incoming))
      .catch((error: unknown) => this.#giveBack(incoming, error));
  }

  /** An event with which nothing could be done comes again, a little later; after the end it does so anyway. */
  #giveBack(incoming: IncomingDelivery, error: unknown): void {
    const { signal } = this.#end;
    if (signal.aborted) return;
    this.#parts.onProblem(error as XqbusError);
    this.#run(
      sleep(AGAIN_MS, undefined, { signal }).then(
        () => incoming.release(),
        () => undefined,
      ),
    );
  }

  #run(work: Promise<void>): void {
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  /** Resolves when the copies have their places behind others. */
  async #forward(incoming: IncomingDelivery): Promise<void> {
    const { reader, index } = this.#parts;
    const { signal } = this.#end;
    if (!reader.isFresh) await reader.fresh(signal);
    if (signal.aborted || incoming.isLost) return;
    const message = takeMessage(incoming, this.#parts);
    if (message === undefined) return;
    const { wanted, undecided } = index.match(message);
    const copies = [...wanted.map((name) => [name, undefined] as const), ...undecided].map(([name, problem]) =>
      this.#parts.copies.during(name, () => this.#copy(index.get(name)!, incoming, message, problem)),
    );
    this.#run(
      Promise.all(copies).then(
        () => incoming.accept(),
        (error: unknown) => this.#giveBack(incoming, error),
      ),
    );
  }

  #copy(
    route: Route,
    incoming: IncomingDelivery,
    message: RelayedMessage,
    undecided: string | undefined,
  ): Promise<void> {
    const lane = this.#laneOf(route);
    return this.#use(route.name, lane, () => this.#copyIn(lane, route, incoming, message, undecided));
  }

  async #copyIn(
    lane: Lane,
    route: Route,
    incoming: IncomingDelivery,
    message: RelayedMessage,
    undecided: string | undefined,
  ): Promise<void> {
    const { of: keyOf, last, before } = lane.keys;
    const key = keyOf(message);
    const give = (): Promise<void> => this.#give(route, lane, incoming, undecided);
    if (key === undefined) return give();
    // What has become of the one before is told with its own event.
    const work = (last.get(key) ?? before).then(give, give);
    last.set(key, work);
    try {
      await work;
    } finally {
      if (last.get(key) === work) last.delete(key);
    }
  }

  async #give(route: Route, lane: Lane, incoming: IncomingDelivery, undecided: string | undefined) {
    const { copies } = this.#parts;
    const { signal } = this.#end;
    const { name } = route;
    await lane.ready;
    // One that was before it may have ended without a place.
    signal.throwIfAborted();
    if (undecided === undefined && !lane.isAside) {
      const problem = await copies.tryQueue(route, incoming.message, signal);
      if (problem === undefined) return;
      this.#setAside(name, lane);
      this.#parts.onProblem(problem);
      await this.#append(name, lane, incoming, problem.message, false);
      return;
    }
    this.#setAside(name, lane);
    await this.#append(name, lane, incoming, undecided ?? "events before it wait", undecided !== undefined);
  }

  async #append(name: string, lane: Lane, { message }: IncomingDelivery, reason: string, isUndecided: boolean) {
    lane.appending++;
    try {
      await this.#parts.copies.setAside(name, message, reason, this.#end.signal, isUndecided);
    } finally {
      lane.appending--;
      lane.appended++;
    }
  }

  #laneOf(route: Route): Lane {
    const known = this.#lanes.get(route.name);
    if (known !== undefined) {
      const { revision, createdAt, last, before } = known.keys;
      if (revision !== route.revision || createdAt !== route.createdAt) {
        known.keys = this.#keysOf(route, Promise.allSettled([before, ...last.values()]));
      }
      return known;
    }
    const lane: Lane = {
      keys: this.#keysOf(route, Promise.resolve()),
      ...{ isAside: false, appending: 0, appended: 0, users: 0 },
      ready: Promise.resolve(),
    };
    this.#lanes.set(route.name, lane);
    lane.ready = this.#use(route.name, lane, () => this.#lookForLeft(route.name, lane));
    return lane;
  }

  /** The lane stays as long as something goes on with it, so that there is one for each name. */
  async #use(name: string, lane: Lane, work: () => Promise<void>): Promise<void> {
    lane.users++;
    try {
      await work();
    } finally {
      lane.users--;
      this.#forget(name, lane);
    }
  }

  /** Of a route that is gone nothing has to be known, once all that was begun for it has ended. */
  #forget(name: string, lane: Lane): void {
    if (lane.users > 0 || this.#parts.index.get(name) !== undefined) return;
    this.#lanes.delete(name);
    this.#keys.forget(name);
  }

  /** Resolves when it is known, however long the database is away, or with the end. Never rejects. */
  async #lookForLeft(name: string, lane: Lane): Promise<void> {
    const { backlog, onProblem } = this.#parts;
    const { signal } = this.#end;
    for (let isTold = false; !signal.aborted; isTold = true) {
      try {
        const [left] = await backlog.page(name, 0, 1);
        if (left !== undefined) this.#setAside(name, lane);
        return;
      } catch (error) {
        if (!isTold && !signal.aborted) onProblem(error as XqbusError);
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Copies go to the backlog from now on, until it is empty. */
  #setAside(name: string, lane: Lane): void {
    if (lane.isAside) return;
    lane.isAside = true;
    const { backlog, copies, index, onProblem } = this.#parts;
    const parts = { backlog, copies, index, onProblem, slots: this.#slots };
    const drain = new BacklogDrain(parts, name, (message) => lane.keys.of(message));
    const { signal } = this.#end;
    const run = this.#use(name, lane, async () => {
      for (let before = -1; before !== lane.appended || lane.appending > 0;) {
        before = lane.appended;
        await drain.empty(signal);
      }
      lane.isAside = false;
    }).catch(() => undefined);
    this.#drains.add(run);
    void run.then(() => this.#drains.delete(run));
  }

  #keysOf(route: Route, before: Promise<unknown>): Keys {
    const { revision, createdAt } = route;
    return { revision, createdAt, of: this.#keys.of(route), last: new Map(), before };
  }
}
