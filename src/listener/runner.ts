import { systemClock } from "../clock.ts";
import { XqbusError } from "../errors.ts";
import {
  boundedLine,
  PermanentError,
  RetryLater,
  Subscription,
  summarizeError,
  withinTime,
  type AttemptRecord,
  type HandlerContext,
} from "../subscription/index.ts";
import { Breaker } from "./breaker.ts";
import { attemptRow } from "./attempt-row.ts";
import type { AttemptRow } from "./delivery-record.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import { ACTIVE, type ListenerStatus, type StoredListener } from "./listener-definition.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import { NotifyError } from "./notify-error.ts";
import type { Notification, Notifier, NotifierContext, NotifierType } from "./notifier.ts";
import type { DeliveredEvent, DeliveryRow, RowDelivery } from "./row-delivery.ts";
import { RowSource } from "./row-source.ts";
import type { DeliveryOutcome, ListenerStore } from "./store/index.ts";
import { DEAD, DELIVERED, WAITING } from "./store/tables.ts";

/** What a runner is made of. */
export interface RunnerOptions {
  readonly stored: StoredListener;
  readonly type: NotifierType;
  readonly context: NotifierContext;
  readonly store: ListenerStore;
  readonly options: CheckedListenersOptions;
  /** How many of its deliveries wait. */
  readonly waiting: number;
  /** Whether this process delivers: another one may have been given the task. */
  readonly isHolder: boolean;
  /** Its state has changed by itself; is to be stored. */
  readonly onStatus: (status: ListenerStatus) => void;
  readonly onLog: (record: ListenerLogRecord) => void;
}

/** What became here of the deliveries of one listener since the daemon started. */
export interface RunnerCounts {
  matched: number;
  delivered: number;
  failedAttempts: number;
  deadLettered: number;
}

/** Deliveries at hand for each one that may run: so that none waits for the disk while another one ends. */
const PENDING_PER_PLACE = 2;
/** As many as one flush of the disk can be for; the source bounds their bytes. */
const LEAST_PENDING = 256;
const MAX_RETRY_LATER_MS: number = 30 * 24 * 60 * 60 * 1000;

/** Delivers the rows of one listener, as long as its receiver lets it. */
export class Runner {
  readonly counts: RunnerCounts;
  readonly #given: RunnerOptions;
  readonly #breaker: Breaker;
  #stored: StoredListener;
  #waiting: number;
  #notifier: Notifier | undefined;
  #source: RowSource | undefined;
  #subscription: Subscription<RowDelivery> | undefined;
  #failure: XqbusError | undefined;
  #cancelProbe: (() => void) | undefined;
  #isHolder: boolean;
  #isStopped = false;

  /** @param counts of the one before, when a listener was changed */
  constructor(given: RunnerOptions, counts?: RunnerCounts) {
    const { stored, options } = given;
    const { state, brokenSince, probeAt, probeMs } = stored.status;
    this.counts = counts ?? { matched: 0, delivered: 0, failedAttempts: 0, deadLettered: 0 };
    this.#given = given;
    this.#stored = stored;
    this.#waiting = given.waiting;
    this.#isHolder = given.isHolder;
    const wasOpen = state === "broken" && brokenSince !== undefined && probeAt !== undefined && probeMs !== undefined;
    this.#breaker = new Breaker(
      {
        failures: options.breakerFailures,
        probeMs: options.breakerProbeMs,
        maxProbeMs: options.breakerMaxProbeMs,
      },
      wasOpen ? { since: brokenSince, probeAt, probeMs } : undefined,
    );
  }

  get stored(): StoredListener {
    return this.#stored;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Why its notifier could not be opened. */
  get failure(): XqbusError | undefined {
    return this.#failure;
  }

  /** The open notifier. */
  get notifier(): Notifier | undefined {
    return this.#notifier;
  }

  /** When something may be tried at the earliest; undefined when nothing is. */
  get triesAt(): number | undefined {
    if (this.#failure !== undefined || this.#isStopped) return undefined;
    const { state } = this.#stored.status;
    if (state === "paused" || state === "disabled") return undefined;
    return this.#breaker.open?.probeAt ?? 0;
  }

  /** Opens the notifier and begins to deliver. Never rejects: what is wrong is the {@link failure}. */
  async start(): Promise<void> {
    const { type, context, onLog } = this.#given;
    if (this.#isStopped || this.#notifier !== undefined) return;
    const { clock, openTimeoutMs } = this.#given.options;
    const opening = type.open(this.#stored.definition.config, context);
    try {
      this.#notifier = await withinTime(() => opening, clock, openTimeoutMs, "option openTimeoutMs");
      this.#failure = undefined;
    } catch (error) {
      void opening.then((late) => late.close()).catch(() => undefined);
      const { code = "xqbus:notify-failed", message } = summarizeError(error);
      this.#failure = new XqbusError(code, message, { cause: error });
      onLog({ level: "error", message: `the notifier cannot be opened: ${message}`, code, listener: this.#stored.id });
      return;
    }
    if (this.#isHolder) this.#subscribe();
  }

  /** This process has the task of delivering from now on. */
  takeUp(): void {
    this.#isHolder = true;
    if (!this.#isStopped && this.#notifier !== undefined && this.#subscription === undefined) this.#subscribe();
  }

  /** Another process will have it. What runs may go on for `timeoutMs`. */
  async layDown(timeoutMs: number): Promise<void> {
    this.#isHolder = false;
    this.#cancelProbe?.();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#source = undefined;
    await subscription?.stop({ timeoutMs, clock: systemClock({ keepsProcessAlive: true }) });
  }

  /** Other processes have changed how many wait. */
  recount(waiting: number): void {
    this.#waiting = waiting;
    if (waiting > 0) this.wake();
  }

  /** There may be deliveries on disk that another process has put there. */
  wake(): void {
    this.#source?.wake();
  }

  /** A delivery of it is on its way to the disk. */
  expect(): void {
    this.#waiting++;
  }

  /** It did not get there, or was there before. */
  unexpect(): void {
    this.#waiting--;
  }

  /** A delivery was too much: a dead letter from the beginning. */
  refused(): void {
    this.counts.matched++;
    this.counts.deadLettered++;
  }

  /** A delivery of it is on disk. @param size bytes of its event */
  take(row: DeliveryRow, notified: DeliveredEvent, size: number): void {
    this.counts.matched++;
    this.#source?.offer(row, notified, size);
  }

  /** A delivery waits again that was done. */
  redriven(): void {
    this.#waiting++;
    this.#source?.wake();
  }

  /** Delivers nothing from now on, but for what runs. */
  pause(status: ListenerStatus): void {
    this.#stored = { ...this.#stored, status };
    this.#cancelProbe?.();
    this.#hold();
  }

  /** Delivers, and forgets what failed before. */
  resume(): void {
    this.#stored = { ...this.#stored, status: ACTIVE };
    this.#breaker.close();
    this.#cancelProbe?.();
    this.#source?.allow(Infinity);
  }

  /** Ends: what runs may go on for `timeoutMs`. Its rows wait on disk. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancelProbe?.();
    // By the time of the machine: it bounds the end of a process.
    await this.#subscription?.stop({ timeoutMs, clock: systemClock({ keepsProcessAlive: true }) });
    try {
      const clock = systemClock({ keepsProcessAlive: true });
      await withinTime(() => this.#notifier?.close(), clock, this.#given.options.openTimeoutMs, "option openTimeoutMs");
    } catch (error) {
      const { code, message } = summarizeError(error);
      const text = `the notifier did not close: ${message}`;
      this.#given.onLog({ level: "warn", message: text, code, listener: this.#stored.id });
    }
  }

  #subscribe(): void {
    const { store, options, context, onLog } = this.#given;
    const { definition, number, id } = this.#stored;
    const { clock, random } = options;
    const { retry, rate, concurrency, timeoutMs } = definition;
    const source = new RowSource({
      ...{ store, listener: number, clock, catalog: context.catalog },
      onSettled: (outcome, delivery) => this.#settled(outcome, delivery),
      onError: ({ code, message }) => onLog({ level: "error", message, code, listener: id }),
    });
    this.#source = source;
    this.#subscription = new Subscription(source, (delivery, limits) => this.#deliver(delivery, limits), {
      ...{ name: id, retry, concurrency, handlerTimeoutMs: timeoutMs, clock, random },
      ...(rate === undefined ? {} : { rate }),
      maxPending: Math.max(LEAST_PENDING, PENDING_PER_PLACE * concurrency),
      // The row has the time of the next attempt, and nothing is held here.
      holdUpToMs: 0,
      onAttempt: (record) => this.#attempted(record),
      onError: ({ code, message }, delivery) => {
        if (code === "xqbus:callback-failed") return;
        onLog({ level: "error", message, code, listener: id, event: delivery?.notified.id });
      },
    });
    void this.#subscription.start();
    if (this.#breaker.open !== undefined) this.#setProbe(this.#breaker.open.probeAt);
    else if (this.#stored.status.state === "active") source.allow(Infinity);
  }

  async #deliver(delivery: RowDelivery, { signal }: HandlerContext): Promise<void> {
    const { options } = this.#given;
    const notifier = this.#notifier;
    const notification = this.#notificationOf(delivery);
    try {
      if (notifier === undefined) throw new XqbusError("xqbus:already-closed", "the listener has no notifier");
      delivery.answer = await options.traceAttempt(
        notification,
        { notifier: this.#stored.definition.notifier },
        (traced) => notifier.notify(traced, signal),
      );
    } catch (error) {
      delivery.failure = error;
      throw retryable(error);
    }
  }

  #notificationOf({ row, notified }: RowDelivery): Notification {
    const { id, type, subject, time, traceparent, event } = notified;
    const { store } = this.#given;
    return {
      ...{ id, type, subject, time, traceparent, event, isTest: false },
      delivery: store.deliveryId(row.number),
      listener: this.#stored.id,
      attempt: row.attempts + 1,
    };
  }

  #attempted({ delivery, startedAt, endedAt, result, next }: AttemptRecord<RowDelivery>): void {
    const { notified, row } = delivery;
    const attempt = attemptRow(delivery, { startedAt, endedAt, result }, this.#given.context.catalog);
    delivery.attempt = attempt;
    const { id, definition } = this.#stored;
    const { onAttempt } = this.#given.options;
    onAttempt?.({
      ...{ listener: id, notifier: definition.notifier, delivery: this.#given.store.deliveryId(row.number), attempt },
      ...{ eventId: notified.id, eventType: notified.type, acceptedAt: notified.acceptedAt },
      next: next === undefined ? undefined : next.kind === "retry" ? "retry" : next.reason,
    });
    if (attempt.outcome === "delivered") this.#succeeded();
    else if (attempt.outcome !== "aborted") this.#failed(delivery, attempt);
  }

  #succeeded(): void {
    if (!this.#breaker.succeeded() || this.#isHeldByHand) return;
    this.#cancelProbe?.();
    this.#become(ACTIVE);
    this.#given.onLog({ level: "info", message: "the receiver is back", listener: this.#stored.id });
    this.#source?.allow(Infinity);
  }

  get #isHeldByHand(): boolean {
    const { state } = this.#stored.status;
    return state === "paused" || state === "disabled";
  }

  #failed({ isProbe, notified, row }: RowDelivery, { number, code, message }: AttemptRow): void {
    const { options, onLog, store } = this.#given;
    const { id } = this.#stored;
    this.counts.failedAttempts++;
    const delivery = store.deliveryId(row.number);
    onLog({
      ...{ level: "debug", code, listener: id, delivery, event: notified.id, attempt: number },
      message: `an attempt failed: ${message ?? ""}`,
    });
    if (this.#isHeldByHand) return;
    const now = options.clock.now();
    const isNews = this.#breaker.open === undefined;
    const open = this.#breaker.failed(isProbe, now);
    if (open === undefined) return;
    const reason = boundedLine(message ?? code ?? "attempts failed", 500);
    const { since: brokenSince, probeAt, probeMs } = open;
    if (now - brokenSince >= options.disableAfterMs) {
      const disabled: ListenerStatus = { ...ACTIVE, state: "disabled", reason, brokenSince };
      this.pause(disabled);
      this.#given.onStatus(disabled);
      return;
    }
    if (isNews)
      onLog({ level: "warn", message: `${options.breakerFailures} failures in a row: ${reason}`, listener: id });
    this.#become({ state: "broken", reason, brokenSince, probeAt, probeMs });
    this.#hold();
    this.#setProbe(probeAt);
  }

  /** Lets nothing new begin. */
  #hold(): void {
    this.#source?.allow(0);
    this.#subscription?.recall();
  }

  #setProbe(at: number): void {
    const { clock } = this.#given.options;
    this.#cancelProbe?.();
    const probe = (): void => {
      this.#cancelProbe = undefined;
      this.#source?.allow(1);
    };
    if (at <= clock.now()) probe();
    else this.#cancelProbe = clock.at(at, probe);
  }

  #settled({ number, state, reason, error }: DeliveryOutcome, delivery: RowDelivery | undefined): void {
    if (state !== WAITING) this.#waiting--;
    if (state === DELIVERED) this.counts.delivered++;
    if (state === DEAD) {
      this.counts.deadLettered++;
      this.#given.onLog({
        ...{ level: "warn", listener: this.#stored.id, event: delivery?.notified.id },
        delivery: this.#given.store.deliveryId(number),
        message: `a dead letter (${reason ?? ""}): ${error ?? ""}`,
      });
    }
    // A probe that was given back before it had an answer has to be made anew.
    const isOpen = this.#breaker.open !== undefined && !this.#isHeldByHand;
    if (delivery?.isProbe === true && delivery.attempt?.outcome === "aborted" && isOpen) this.#source?.allow(1);
  }

  #become(status: ListenerStatus): void {
    this.#stored = { ...this.#stored, status };
    this.#given.onStatus(status);
  }
}

/** What a notifier threw, in the words of the subscription. */
function retryable(error: unknown): unknown {
  if (!(error instanceof NotifyError)) return error;
  const { message, isPermanent, retryAfterMs, isEndless } = error;
  if (isPermanent) return new PermanentError(message, { cause: error });
  if (retryAfterMs === undefined) return error;
  const afterMs = Math.min(Math.max(0, Math.ceil(retryAfterMs)), MAX_RETRY_LATER_MS);
  return Number.isNaN(afterMs) ? error : new RetryLater(afterMs, message, { cause: error, isEndless });
}
