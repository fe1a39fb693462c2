import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { Arrivals } from "./arrivals.ts";
import { changedDefinition, newDefinition, type NotifierTypes } from "./check-input.ts";
import { CleanUp } from "./clean-up.ts";
import type { DeliveryQuery, DeliveryRecord } from "./delivery-record.ts";
import { disabledEvent } from "./disabled-event.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import { ACTIVE, type ListenerStatus } from "./listener-definition.ts";
import type { KeptCounts, Listener, ListenerInput } from "./listener.ts";
import { CHANGE_STOP_MS, ListenerTable } from "./listener-table.ts";
import type { EventTrace, ListenerChangeOptions, ListenerTest } from "./listeners.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import { Matcher } from "./matcher.ts";
import type { NotifierSettings } from "./notifier-settings.ts";
import type { NotifierContext } from "./notifier.ts";
import { objectId, randomTail, timeOfNumber } from "./object-id.ts";
import { Redrives } from "./redrives.ts";
import { openStore, sharedSubscription, teamOf } from "./open-parts.ts";
import type { ListenersHealth, RunningListeners } from "./running-listeners.ts";
import { DeliveryRecords, type ListenerStore } from "./store/index.ts";
import * as tables from "./store/tables.ts";
import { Tap, type TapOptions } from "./tap.ts";
import type { Team } from "./team/team.ts";
import { testListener } from "./test-listener.ts";
import { Turns } from "../turns.ts";

const DEFAULT_STOP_MS = 5000;

/** The listeners of a daemon: made of their store, one tap of the bus, one index of what they want, and a runner for each. */
export class ListenerService implements RunningListeners {
  readonly subscription: string;
  readonly #options: CheckedListenersOptions;
  readonly #types: NotifierTypes;
  readonly #store: ListenerStore;
  readonly #matcher: Matcher;
  readonly #tap: Tap;
  readonly #records: DeliveryRecords;
  readonly #redrives: Redrives;
  readonly #cleanUp: CleanUp;
  readonly #table: ListenerTable;
  readonly #team: Team;
  /** Changes of listeners, one after the other. */
  readonly #turns: Turns = new Turns();
  #settings: NotifierSettings;
  #failure: XqbusError | undefined;
  #isStarted = false;
  #stopping: Promise<void> | undefined;

  static async open(options: CheckedListenersOptions): Promise<ListenerService> {
    // A store that cannot be opened fails before there is anybody to tell.
    const opened: { service?: ListenerService } = {};
    const tell = (to: (service: ListenerService) => void): void => {
      if (opened.service !== undefined) to(opened.service);
    };
    const onFailure = (error: XqbusError): void => tell((service) => service.#storeFailed(error));
    const onFull = (): void => tell((service) => service.#cleanUp.makeRoom());
    const onStored = (listeners: ReadonlySet<number>): void => tell((service) => service.#tellOthers(listeners));
    const store = await openStore(options, { onFailure, onFull, onStored });
    const service = new ListenerService(options, store);
    opened.service = service;
    try {
      for (const number of await service.#table.load()) service.#cleanUp.forgetListener(number);
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  private constructor(options: CheckedListenersOptions, store: ListenerStore) {
    this.#options = options;
    this.#settings = options.settings;
    this.#store = store;
    this.#types = new Map(options.notifierTypes.map((type) => [type.id, type]));
    this.#matcher = new Matcher(options.catalog, () => this.#catalogChanged());
    this.#team = teamOf(options, ({ code, message }) => this.#log({ level: "error", message, code }));
    this.#table = new ListenerTable({
      ...{ options, store, matcher: this.#matcher, types: this.#types, context: () => this.#context },
      isHolder: (id) => this.#team.isHolder(id),
      onStatus: (id, status) => this.#statusChanged(id, status),
      onLog: this.#log,
    });
    const { runners } = this.#table;
    const isCurrent = (): boolean => this.#team.isCurrent;
    const arrivals = new Arrivals({ options, store, matcher: this.#matcher, runners: runners.byId });
    const { isShared } = this.#team;
    const { subscription = isShared ? sharedSubscription(options) : store.subscription } = options;
    this.subscription = subscription;
    const take: TapOptions["take"] = (...arrived) => arrivals.take(...arrived);
    this.#tap = new Tap({ options, subscription, isShared, isCurrent, take, onLog: this.#log });
    this.#records = new DeliveryRecords(store, {
      idOf: (number) => runners.idOf(number),
      numberOf: (id) => runners.get(id).stored.number,
    });
    this.#redrives = new Redrives(store, this.#records, {
      ...options,
      runners,
      onStored: (listeners) => this.#tellOthers(listeners),
    });
    this.#cleanUp = new CleanUp(store, options, this.#log);
  }

  get health(): ListenersHealth {
    return {
      isReceiving: this.#table.runners.size === 0 || this.#tap.isOpen,
      isFull: this.#store.isFull,
      failure: this.#failure ?? this.#team.failure,
    };
  }

  list(): readonly Listener[] {
    return this.#table.runners.all.map((runner) => this.#table.show(runner));
  }

  get(id: string): Listener {
    return this.#table.show(this.#table.runners.get(id));
  }

  countsHere(id: string): KeptCounts {
    return this.#table.countsHere(this.#table.runners.get(id));
  }

  async start(): Promise<void> {
    if (this.#isStarted || this.#stopping !== undefined) return;
    this.#isStarted = true;
    this.#table.counts.start();
    await Promise.all(this.#table.runners.all.map((runner) => runner.start()));
    await this.#team.start({
      reload: () => this.#turns.run(() => this.#reload()),
      takeUp: (id) => this.#table.runners.find(id)?.takeUp(),
      layDown: async (id) => this.#table.runners.find(id)?.layDown(CHANGE_STOP_MS),
      wake: (numbers) => this.#table.wake(numbers),
      recount: () => this.#table.recount(),
      cleanUp: () => {
        this.#cleanUp.start();
        return () => this.#cleanUp.pause();
      },
    });
    await this.#team.divide(this.#table.runners.byId.keys());
    if (this.#table.runners.size > 0) await this.#tap.keepOpen();
  }

  stop({ timeoutMs = DEFAULT_STOP_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(timeoutMs);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  create(input: ListenerInput, { assertTypes }: ListenerChangeOptions = {}): Promise<Listener> {
    return this.#change(async () => {
      const { maxListeners, clock } = this.#options;
      if (this.#table.runners.size >= maxListeners) {
        throw new XqbusError("xqbus:limit-exceeded", `there are ${maxListeners} listeners already (maxListeners)`);
      }
      const definition = newDefinition(input, this.#types, this.#context);
      this.#matcher.check(definition, { assertTypes });
      await this.#tap.open();
      const now = clock.now();
      const number = this.#store.numbers.next(now);
      const id = objectId(number, randomTail());
      const stored = { number, id, createdAt: now, updatedAt: now, definition, status: ACTIVE };
      const row = [number, id, now, now, JSON.stringify(ACTIVE), JSON.stringify(definition)];
      try {
        await this.#store.change({ sql: tables.LISTENER_INSERT, rows: [row] });
      } catch (error) {
        if (this.#table.runners.size === 0) await this.#tap.end();
        throw error;
      }
      const runner = this.#table.add(stored, 0);
      await runner.start();
      this.#log({ level: "info", message: `created, notifier ${definition.notifier}`, listener: id });
      return this.#table.show(runner);
    });
  }

  update(id: string, change: Partial<ListenerInput>, { assertTypes }: ListenerChangeOptions = {}): Promise<Listener> {
    return this.#change(async () => {
      const before = this.#table.runners.get(id);
      assertTypes?.(before.stored.definition.eventTypes);
      const definition = changedDefinition(before.stored.definition, change, this.#types, this.#context);
      this.#matcher.check(definition, { assertTypes });
      const { number } = before.stored;
      const updatedAt = this.#options.clock.now();
      // Whatever was wrong may be right now.
      const isBroken = before.stored.status.state === "broken";
      await this.#store.change(
        { sql: tables.LISTENER_UPDATE, rows: [[updatedAt, JSON.stringify(definition), number]] },
        { sql: tables.LISTENER_STATUS, rows: isBroken ? [[JSON.stringify(ACTIVE), number]] : [] },
      );
      await before.stop(CHANGE_STOP_MS);
      const status = isBroken ? ACTIVE : before.stored.status;
      const runner = this.#table.add({ ...before.stored, definition, updatedAt, status }, before.waiting, before);
      await runner.start();
      this.#log({ level: "info", message: "updated", listener: id });
      return this.#table.show(runner);
    });
  }

  delete(id: string, { dryRun = false }: { readonly dryRun?: boolean } = {}): Promise<{ readonly waiting: number }> {
    return this.#change(async () => {
      const runner = this.#table.runners.get(id);
      if (dryRun) return { waiting: runner.waiting };
      const { number } = runner.stored;
      await this.#store.change({ sql: tables.LISTENER_MARK_DELETED, rows: [[number]] });
      await this.#table.remove(runner);
      this.#cleanUp.forgetListener(number);
      if (this.#table.runners.size === 0) await this.#tap.end();
      this.#log({ level: "info", message: `deleted, ${runner.waiting} deliveries waited`, listener: id });
      return { waiting: runner.waiting };
    });
  }

  pause(id: string): Promise<Listener> {
    return this.#setStatus(id, { ...ACTIVE, state: "paused" });
  }

  resume(id: string): Promise<Listener> {
    return this.#setStatus(id, ACTIVE);
  }

  async test(
    id: string,
    { eventType, signal }: { readonly eventType?: string; readonly signal?: AbortSignal } = {},
  ): Promise<ListenerTest> {
    const runner = this.#table.runners.get(id);
    const delivery = objectId(this.#store.numbers.next(this.#options.clock.now()), randomTail());
    const parts = { runner, delivery, type: this.#table.type(runner.stored.definition), context: this.#context };
    return testListener({ ...parts, matcher: this.#matcher, clock: this.#options.clock }, { eventType, signal });
  }

  async deliveries(query: DeliveryQuery): Promise<readonly DeliveryRecord[]> {
    return (await this.#records.find(query)).map((record) => this.#withNextAttempt(record));
  }

  async delivery(id: string): Promise<DeliveryRecord> {
    return this.#withNextAttempt(await this.#records.get(id));
  }

  eventOf(deliveryId: string): Promise<Uint8Array> {
    return this.#redrives.eventOf(deliveryId);
  }

  async retry(deliveryId: string): Promise<DeliveryRecord> {
    return this.#withNextAttempt(await this.#redrives.retry(deliveryId));
  }

  deleteDeadLetters(deliveryIds: readonly string[]): Promise<number> {
    return this.#redrives.delete(deliveryIds);
  }

  async trace(eventId: string): Promise<EventTrace | undefined> {
    const trace = await this.#records.trace(eventId);
    if (trace === undefined) return undefined;
    return { ...trace, deliveries: trace.deliveries.map((record) => this.#withNextAttempt(record)) };
  }

  useSettings(settings: NotifierSettings): Promise<void> {
    return this.#change(async () => {
      this.#settings = settings;
      await this.#table.openAgain(this.#table.runners.all);
    });
  }

  async oldestWaiting(): Promise<ReadonlyMap<string, number>> {
    const oldest = new Map<string, number>();
    for (const row of await this.#store.read(tables.WAITING_COUNTS)) {
      const id = this.#table.runners.idOf(Number(row["listener"]));
      if (id !== undefined) oldest.set(id, timeOfNumber(Number(row["oldest"])));
    }
    return oldest;
  }

  get #context(): NotifierContext {
    const { catalog, url } = this.#options;
    return { catalog, settings: this.#settings, busUrl: typeof url === "string" ? url : url.join(",") };
  }

  /** When nothing is delivered now, there is no next attempt. */
  #withNextAttempt(record: DeliveryRecord): DeliveryRecord {
    const { nextAttemptAt, listener } = record;
    if (nextAttemptAt === undefined) return record;
    const triesAt = this.#table.runners.find(listener)?.triesAt;
    return { ...record, nextAttemptAt: triesAt === undefined ? undefined : Math.max(nextAttemptAt, triesAt) };
  }

  #setStatus(id: string, status: ListenerStatus): Promise<Listener> {
    return this.#change(async () => {
      const runner = this.#table.runners.get(id);
      const before = runner.stored.status;
      const apply = (wanted: ListenerStatus): void => {
        if (wanted.state === "paused" || wanted.state === "disabled") runner.pause(wanted);
        else runner.resume();
      };
      // First here, then on disk: what the breaker says meanwhile must not win.
      apply(status);
      try {
        await this.#storeStatus(runner.stored.number, status);
      } catch (error) {
        apply(before);
        throw error;
      }
      if (status.state === "active") await runner.start();
      this.#log({ level: "info", message: status.state === "active" ? "resumed" : status.state, listener: id });
      return this.#table.show(runner);
    });
  }

  #storeStatus(number: number, status: ListenerStatus): Promise<void> {
    return this.#store.change({ sql: tables.LISTENER_STATUS, rows: [[JSON.stringify(status), number]] });
  }

  /** The breaker of a listener has opened or closed, or a listener has given up. */
  #statusChanged(id: string, status: ListenerStatus): void {
    const { stored, waiting } = this.#table.runners.get(id);
    this.#store
      .change({ sql: tables.LISTENER_OWN_STATUS, rows: [[JSON.stringify(status), stored.number]] })
      .then(() => this.#team.announce())
      .catch(({ code, message }: XqbusError) =>
        this.#log({ level: "error", message: `its state is not stored: ${message}`, code, listener: id }),
      );
    if (status.state !== "disabled") return;
    const message = `it was broken for too long and is disabled: ${status.reason ?? ""}`;
    this.#log({ level: "error", message, listener: id });
    void this.#announce(() => disabledEvent(stored, status, waiting));
  }

  async #announce(make: () => Event): Promise<void> {
    try {
      await this.#options.publish?.(make());
    } catch (error) {
      const { code, message } = error as XqbusError;
      this.#log({ level: "error", message: `an event of the listeners was not sent: ${message}`, code });
    }
  }

  #catalogChanged(): void {
    for (const { stored } of this.#table.runners.all) {
      const misfit = this.#matcher.misfitOf(stored.id);
      if (misfit !== undefined) this.#log({ level: "error", message: misfit, listener: stored.id });
    }
    void this.#turns.run(async () => {
      if (!this.#isStarted || this.#stopping !== undefined) return;
      await this.#table.openAgain(this.#table.runners.all.filter(({ failure }) => failure !== undefined));
    });
  }

  async #change<T>(task: () => Promise<T>): Promise<T> {
    const result = await this.#turns.run(async () => {
      if (!this.#isStarted || this.#stopping !== undefined) {
        throw new XqbusError("xqbus:already-closed", "the listeners are not running");
      }
      return task();
    });
    await this.#team.divide(this.#table.runners.byId.keys());
    await this.#team.announce();
    return result;
  }

  /** Takes over what other processes have changed. */
  async #reload(): Promise<void> {
    await this.#table.reload();
    await this.#team.divide(this.#table.runners.byId.keys());
    // The subscription of all processes is there already: nobody has to wait for a broker that is away.
    if (this.#table.runners.size > 0) void this.#tap.keepOpen();
    else await this.#tap.end();
  }

  /** Those who deliver them elsewhere. */
  #tellOthers(listeners: ReadonlySet<number>): void {
    const others = [...listeners].filter((number) => !this.#team.isHolder(this.#table.runners.idOf(number) ?? ""));
    if (others.length > 0) this.#team.tell(new Set(others));
  }

  #storeFailed(error: XqbusError): void {
    // A database comes back.
    if (!this.#team.isShared) this.#failure = error;
    this.#log({ level: "error", message: error.message, code: error.code });
  }

  readonly #log = (record: ListenerLogRecord): void => this.#options.onLog?.(record);

  async #stop(timeoutMs: number): Promise<void> {
    await this.#turns.run(async () => undefined);
    this.#matcher.close();
    // At once: the others wait for the lease.
    const cleanedUp = this.#cleanUp.stop();
    await this.#tap.close(timeoutMs);
    await this.#team.stop();
    await Promise.all(this.#table.runners.all.map((runner) => runner.stop(timeoutMs)));
    await this.#table.counts.stop();
    await cleanedUp;
    await this.#store.close();
  }
}
