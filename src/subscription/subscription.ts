import { XqbusError } from "../errors.ts";
import { Attempt, type AttemptLimits, type AttemptResult, type HandlerContext } from "./attempt.ts";
import { deadLetter, type HandlingFailure } from "./dead-letter.ts";
import type { Delivery, DeliverySource, Outcome } from "./delivery.ts";
import { entryOf, isBusy, type Entry } from "./entry.ts";
import { summarizeError } from "./error-summary.ts";
import { Gate } from "./gate.ts";
import { HandledWindow } from "./handled-window.ts";
import { Lanes, type Lane } from "./lanes.ts";
import { nextAttempt, type NextAttempt } from "./next-attempt.ts";
import { keyOf } from "./order-key.ts";
import { Overdue } from "./overdue.ts";
import { Repetitions } from "./repetitions.ts";
import { Reports } from "./reports.ts";
import { Requests } from "./requests.ts";
import { tellOutcome } from "./tell-outcome.ts";
import { checkStopOptions, type CheckedStopOptions, type StopOptions } from "./stop-options.ts";
import { runStopTime } from "./stop-time.ts";
import { SubscriptionTally, type Phase, type SubscriptionCounts } from "./subscription-counts.ts";
import {
  checkHandlingOptions,
  type CheckedHandlingOptions,
  type Handler,
  type HandlingOptions,
} from "./handling-options.ts";

/** `paused`: nothing new begins. `stopping`: what runs may end. `stopped`: there is nothing any more, and no way back. */
export type SubscriptionState = "idle" | "running" | "paused" | "stopping" | "stopped";

/**
 * Brings the deliveries of a source to a handler: some at a time, in order where that is wanted, again when it failed, once where
 * repetitions are recognised, and tells the source of each delivery what became of it, exactly once.
 *
 * What is at hand is bounded by `maxPending`; the source is asked for more when there is room. The rules: `docs/subscription.md`.
 */
export class Subscription<D extends Delivery> {
  readonly #source: DeliverySource<D>;
  readonly #handler: Handler<D>;
  readonly #options: CheckedHandlingOptions<D>;
  readonly #limits: AttemptLimits;
  readonly #gate: Gate;
  readonly #overdue: Overdue;
  readonly #reports: Reports<D>;
  readonly #tally: SubscriptionTally = new SubscriptionTally();
  readonly #lanes: Lanes<Entry<D>> = new Lanes();
  /** Everything at hand, in the order in which it came. */
  readonly #entries: Set<Entry<D>> = new Set();
  readonly #handled: HandledWindow<D>;
  readonly #repetitions: Repetitions<D> = new Repetitions();
  readonly #requests: Requests<D>;
  #state: SubscriptionState = "idle";
  /** Deliveries between their turn and their outcome; at most `concurrency`. */
  #places = 0;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #onEmpty: () => void = () => undefined;

  /** @throws XqbusError `xqbus:illegal-argument` naming the option and what would be right */
  constructor(source: DeliverySource<D>, handler: Handler<D>, options: HandlingOptions<D>) {
    this.#options = checkHandlingOptions(options);
    this.#source = source;
    this.#handler = handler;
    const { maxPending, maxAbandoned, clock, rate, handlerTimeoutMs, abortGraceMs } = this.#options;
    this.#reports = new Reports(this.#options);
    this.#handled = new HandledWindow(this.#options, (error, delivery) => {
      this.#tally.handledErrors++;
      this.#reports.error("xqbus:store-failed", "the window of handled ids did not answer", error, delivery);
    });
    this.#overdue = new Overdue(maxAbandoned);
    this.#limits = { clock, handlerTimeoutMs, abortGraceMs, overdue: this.#overdue };
    this.#gate = new Gate(rate, clock);
    this.#requests = new Requests(source, maxPending, (what, error) => this.#transportFailed(what, error));
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** What became of the deliveries so far, and where those at hand are. */
  get counts(): SubscriptionCounts {
    return this.#tally.counts(this.#overdue.count);
  }

  /** Starts the source and rejects as that does; the subscription is stopped then. Again: the same promise. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Lets nothing new begin until {@link Subscription.resume}; what runs goes on, up to `maxPending` deliveries wait. */
  pause(): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    this.#gate.shut();
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    this.#gate.open();
    this.#proceed();
  }

  /**
   * The transport has lost its connection, and delivers everything again that has no outcome. What nobody works on leaves here, and what
   * runs may end, but is not tried again.
   */
  recall(): void {
    this.#lanes.keepBusy(isBusy);
    for (const entry of this.#entries) {
      entry.repetitions = [];
      if (isBusy(entry)) {
        entry.isRecalled = true;
      } else {
        entry.lane = undefined;
        this.#return(entry);
      }
    }
    this.#gate.dismiss();
  }

  /**
   * Ends in time: what has not begun goes back to the source at once; handlers may end; those that do not are aborted `abortGraceMs`
   * before the time is over (at half of the time if that is later), and what is left then goes back, too. Again: the same promise.
   *
   * Inside a handler call it without `await`: it waits for that handler.
   *
   * @throws XqbusError `xqbus:illegal-argument`
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopping ??= this.#stop(checkStopOptions(options));
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    if (this.#state !== "idle") {
      throw new XqbusError("xqbus:already-closed", `the subscription ${this.name} was stopped; make another one`);
    }
    this.#state = "running";
    try {
      await this.#source.start((delivery) => this.#receive(delivery));
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#request();
  }

  #receive(delivery: D): void {
    const { clock, maxPending, maxPendingPerKey } = this.#options;
    const entry = entryOf(delivery, clock.now());
    this.#tally.received++;
    this.#tally.move(undefined, entry.phase);
    this.#requests.arrived();
    const isRefused = this.#entries.size >= maxPending || this.#state === "stopping" || this.#state === "stopped";
    this.#entries.add(entry);
    if (isRefused) {
      this.#return(entry);
      return;
    }
    let key: string | undefined;
    try {
      key = keyOf(delivery, this.#options.orderBy);
    } catch (error) {
      this.#giveUp(entry, "key-failed", undefined, error);
      return;
    }
    if (key !== undefined && this.#lanes.sizeOf(key) >= maxPendingPerKey) {
      const message = `${maxPendingPerKey} deliveries of its key wait already (option maxPendingPerKey)`;
      this.#giveUp(entry, "key-full", key, new XqbusError("xqbus:limit-exceeded", message));
      return;
    }
    entry.lane = this.#lanes.add(entry, key);
    this.#proceed();
  }

  /** Gives free places to those whose turn it is. */
  #proceed(): void {
    while (this.#state === "running" && this.#places < this.#options.concurrency) {
      const lane = this.#lanes.next();
      const entry = lane?.items.first;
      if (lane === undefined || entry === undefined) return;
      if (this.#repetitions.holds(this.#handled.idOf(entry.delivery), entry, lane)) continue;
      this.#begin(entry, lane);
    }
  }

  /** A delivery has its turn, and with it a place until it has its outcome or waits for the next turn. */
  #begin(entry: Entry<D>, lane: Lane<Entry<D>>): void {
    this.#places++;
    this.#move(entry, "starting");
    if (this.#handled.idOf(entry.delivery) === undefined && this.#gate.pass()) this.#attempt(entry, lane);
    else void this.#admit(entry, lane);
  }

  /** Asks the window of handled ids, and waits for the gate. */
  async #admit(entry: Entry<D>, lane: Lane<Entry<D>>): Promise<void> {
    const isDuplicate = await this.#handled.has(entry.delivery);
    // Who was given back meanwhile must not take somebody else's turn.
    if (!isDuplicate && entry.phase === "starting" && !this.#gate.pass()) {
      await new Promise<void>((begin) => this.#gate.wait(begin));
    }
    if (entry.phase === "starting" && !isDuplicate) {
      this.#attempt(entry, lane);
      return;
    }
    if (entry.phase === "starting") {
      this.#tally.duplicates++;
      this.#settle(entry, { kind: "accepted", duplicate: true });
    }
    this.#freePlace();
  }

  #freePlace(): void {
    this.#places--;
    this.#proceed();
  }

  #attempt(entry: Entry<D>, lane: Lane<Entry<D>>): void {
    const { delivery } = entry;
    const startedAt = this.#options.clock.now();
    entry.firstAt ??= startedAt;
    this.#move(entry, "running");
    const facts = { attempt: entry.failures + 1, firstAt: entry.firstAt };
    const run = (context: HandlerContext): void | Promise<void> => this.#handler(delivery, context);
    entry.attempt = new Attempt(run, facts, this.#limits, (result) => {
      // When there was no time left, it was given back.
      if (entry.phase !== "running") this.#freePlace();
      else if (result.kind === "handled" && this.#handled.idOf(delivery) !== undefined) {
        entry.isHandled = true;
        void this.#handled.add(delivery).then(() => this.#attempted(entry, lane, startedAt, result));
      } else this.#attempted(entry, lane, startedAt, result);
    });
  }

  /** An attempt is over, and if the event was handled, the window knows it. */
  #attempted(entry: Entry<D>, lane: Lane<Entry<D>>, startedAt: number, result: AttemptResult): void {
    const attempt = entry.failures + 1;
    const next = result.kind === "failed" || result.kind === "timed-out" ? this.#fail(entry, result) : undefined;
    this.#reports.attempt({ delivery: entry.delivery, attempt, startedAt, result, next });
    if (entry.phase === "running") {
      if (result.kind === "handled") this.#accept(entry);
      else if (next === undefined) this.#return(entry);
      else if (next.kind === "give-up") this.#giveUp(entry, next.reason, lane.key, result.error);
      else this.#retry(entry, lane, next.at);
    }
    this.#freePlace();
  }

  #accept(entry: Entry<D>): void {
    this.#tally.handled++;
    this.#settle(entry, { kind: "accepted", duplicate: false });
  }

  /** Counts a failed attempt. @returns what the policy says */
  #fail(entry: Entry<D>, result: Extract<AttemptResult, { readonly error: unknown }>): NextAttempt {
    const { retry, clock, random } = this.#options;
    const { error } = result;
    entry.failures++;
    if (result.kind === "timed-out") this.#tally.timedOut++;
    const { code, name } = summarizeError(error);
    this.#tally.failure(code ?? name);
    this.#reports.error("xqbus:callback-failed", `attempt ${entry.failures} failed`, error, entry.delivery);
    const now = clock.now();
    const state = { attempts: entry.failures, firstAt: entry.firstAt ?? now, now, error, random: random() };
    return nextAttempt(retry, state);
  }

  /** Holds a delivery until its next attempt, or gives it back until then. */
  #retry(entry: Entry<D>, lane: Lane<Entry<D>>, at: number): void {
    const { clock, holdUpToMs } = this.#options;
    this.#tally.retried++;
    entry.dueAt = at;
    const isLong = holdUpToMs === 0 || at - clock.now() > holdUpToMs;
    const isTheirs = isLong && lane.key === undefined && this.#source.canDelay === true;
    if (isTheirs || entry.isRecalled || this.#state === "stopping") {
      this.#return(entry);
      return;
    }
    this.#move(entry, "held");
    entry.cancelAlarm = clock.at(at, () => {
      this.#move(entry, "waiting");
      this.#lanes.again(lane);
      this.#proceed();
    });
  }

  /** Gives a delivery back to the source. */
  #return(entry: Entry<D>): void {
    const { delivery, failures, dueAt, lane, firstAt = entry.arrivedAt } = entry;
    this.#tally.returned++;
    if (failures === delivery.attempts) {
      this.#settle(entry, { kind: "released" });
      return;
    }
    // A delay would let those of the same key that come after it pass.
    const delayMs = lane?.key === undefined ? Math.max(0, dueAt - this.#options.clock.now()) : 0;
    this.#settle(entry, { kind: "modified", attempts: failures, firstAt, delayMs });
  }

  #giveUp(entry: Entry<D>, reason: HandlingFailure, key: string | undefined, error: unknown): void {
    const { delivery, failures, firstAt, arrivedAt } = entry;
    const { id, origin } = delivery;
    this.#tally.deadLetter(reason);
    const letter = deadLetter({
      ...{ id, key, handler: this.name, reason, attempts: failures },
      ...{ firstAt: firstAt ?? arrivedAt, lastAt: this.#options.clock.now(), origin, error },
    });
    this.#settle(entry, { kind: "rejected", letter });
  }

  /** Tells the source the outcome; the only place that does. */
  #settle(entry: Entry<D>, outcome: Outcome): void {
    entry.cancelAlarm();
    this.#move(entry, "settling");
    const told = tellOutcome(entry.delivery, outcome, (error) =>
      this.#transportFailed(`did not take the outcome ${outcome.kind}`, error, entry.delivery),
    );
    // Not from within `receive`: a source may hand over the next delivery from there, and so on.
    if (told === undefined && outcome.kind === "accepted") this.#leave(entry);
    else void Promise.resolve(told).then(() => this.#leave(entry));
  }

  /** The delivery is at hand no more; those that waited for it may go on. */
  #leave(entry: Entry<D>): void {
    const { lane, delivery } = entry;
    this.#tally.move(entry.phase, undefined);
    this.#entries.delete(entry);
    const repetitions = this.#repetitions.leave(this.#handled.idOf(delivery), entry);
    if (this.#state === "stopping" || this.#state === "stopped") {
      for (const next of lane?.items ?? []) if (next.phase === "waiting") this.#return(next);
      if (this.#entries.size === 0) this.#onEmpty();
      return;
    }
    if (lane !== undefined) this.#lanes.finish(lane);
    for (const repetition of repetitions) this.#lanes.again(repetition);
    this.#request();
    this.#proceed();
  }

  #request(): void {
    if (this.#state === "running" || this.#state === "paused") this.#requests.ask(this.#entries.size);
  }

  async #stop({ timeoutMs, signal, clock = this.#options.clock }: CheckedStopOptions): Promise<void> {
    const { abortGraceMs: graceMs } = this.#options;
    const wasStarted = this.#state !== "idle";
    this.#state = "stopping";
    this.#gate.shut();
    const sourceStopped = wasStarted ? this.#requests.stop() : Promise.resolve();
    for (const entry of this.#entries) if (!isBusy(entry.lane?.items.first)) this.#returnIdle(entry);
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      if (this.#entries.size === 0) resolve();
    });
    const time = runStopTime(clock, { timeoutMs, graceMs, signal }, () => {
      for (const entry of this.#entries) if (entry.phase === "running") entry.attempt?.stop();
    });
    await Promise.race([Promise.all([sourceStopped, empty]), time.isOver]);
    time.cancel();
    this.#state = "stopped";
    for (const entry of this.#entries) this.#abandon(entry);
  }

  /** Gives a delivery back on which nobody works. */
  #returnIdle(entry: Entry<D>): void {
    if (isBusy(entry)) return;
    this.#return(entry);
  }

  /** There is no time left for a delivery. */
  #abandon(entry: Entry<D>): void {
    if (entry.phase !== "running") {
      this.#returnIdle(entry);
    } else if (entry.isHandled) {
      this.#accept(entry);
    } else {
      this.#return(entry);
      entry.attempt?.abandon();
    }
  }

  #move(entry: Entry<D>, phase: Phase): void {
    this.#tally.move(entry.phase, phase);
    entry.phase = phase;
  }

  #transportFailed(what: string, error: unknown, delivery?: D): void {
    this.#tally.transportErrors++;
    this.#reports.error("xqbus:transport-failed", `the transport ${what}`, error, delivery);
  }
}
