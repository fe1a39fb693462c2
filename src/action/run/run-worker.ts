import { assertInteger } from "../../assert-option.ts";
import { systemClock, type Clock } from "../../clock.ts";
import { isPassing } from "../../database/index.ts";
import { messageOf, type XqbusError } from "../../errors.ts";
import { HeldRun } from "./held-run.ts";
import { DELAY, type RunKind } from "./run-kind.ts";
import { RUN_SIGNAL, type HeldLeases, type RunQueue } from "./run-queue.ts";
import { lesserEnd } from "./lesser-end.ts";
import { outcomeOf, settleAttempt, type AttemptEnd } from "./settle-attempt.ts";
import type { Run, RunAttemptOutcome } from "./run.ts";
import { LOST, type ClaimedRun } from "./run-claims.ts";

/** What carries out runs, and how. Times in ms. */
export interface RunWorkerOptions {
  readonly queue: RunQueue;
  readonly kinds: Readonly<Record<string, RunKind>>;
  /** Runs at the same time that need a worker process. */
  readonly places: number;
  /** How many runs of a subject may run at the same time, in all processes; asked before each claim. */
  readonly concurrency?: () => Promise<ReadonlyMap<string, number>>;
  /** How long a run is this process's without a word of it. Default 30,000. */
  readonly leaseMs?: number;
  /** Longest time until what another process has queued is seen, where no signal tells of it. Default 5000. */
  readonly pollMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Hears of attempts that ended, for metrics. */
  readonly onAttempt?: (report: RunAttemptReport) => void;
  /** Hears of what goes wrong around the runs. */
  readonly onProblem?: (message: string, error: unknown) => void;
}

/** An attempt that ended. */
export interface RunAttemptReport {
  readonly outcome: RunAttemptOutcome;
  /** The run as it is now. */
  readonly run: Run;
  readonly durationMs: number;
}

const DEFAULT_LEASE_MS = 30_000;
const DEFAULT_POLL_MS = 5000;
/** From an end that was not written to the next try. */
const FIRST_DELAY_MS = 100;
/** Between two tries while the database cannot be reached. */
const AGAIN_MS = 1000;
/** Runs whose process died so often are no accident. */
const MAX_LOSSES = 10;
/** Runs that are begun in one go. */
const BEGIN_AT_ONCE = 20;

/** Takes runs of a queue and carries them out, until it is stopped. */
export class RunWorker {
  readonly #options: Required<RunWorkerOptions>;
  readonly #held: Map<string, HeldRun> = new Map();
  readonly #ends: AbortController = new AbortController();
  #ending: Promise<unknown>[] = [];
  #endHearing: () => Promise<void> = async () => undefined;
  #cancelAlarm: () => void = () => undefined;
  #cancelRenewal: () => void = () => undefined;
  #round: Promise<void> | undefined;
  #isWoken = false;
  /** Until when the others may be about to renew their leases: the database has been away. */
  #lostFrom = 0;
  #failure: XqbusError | undefined;

  constructor(options: RunWorkerOptions) {
    this.#options = {
      concurrency: async () => new Map(),
      leaseMs: DEFAULT_LEASE_MS,
      pollMs: DEFAULT_POLL_MS,
      clock: systemClock({ keepsProcessAlive: false }),
      random: Math.random,
      onAttempt: () => undefined,
      onProblem: () => undefined,
      ...options,
      kinds: { delay: DELAY, ...options.kinds },
    };
    assertInteger(this.#options.places, "places", 1, 1000);
    assertInteger(this.#options.leaseMs, "leaseMs", 1);
  }

  /** Why it cannot work now; undefined: it can. */
  get failure(): XqbusError | undefined {
    return this.#failure;
  }

  /** Begins; also where the database cannot be reached yet. */
  async start(): Promise<void> {
    const { queue } = this.#options;
    this.#endHearing = await queue.database.hear(RUN_SIGNAL, (text) => {
      this.wake();
      // Without a text the connection was lost and found, perhaps for longer than a lease.
      void (text === undefined ? this.#renew() : this.#look((held) => queue.held(held)));
    });
    this.#scheduleRenewal();
    this.wake();
  }

  /** Looks for runs now. */
  wake(): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    this.#round ??= this.#rounds().finally(() => (this.#round = undefined));
  }

  /** Takes nothing more. What runs may end within `timeoutMs`, is aborted then and given back to the queue. */
  async stop({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    this.#ends.abort();
    this.#cancelAlarm();
    await this.#endHearing();
    await this.#round;
    const timer = setTimeout(() => {
      for (const held of this.#held.values()) held.abort("stopped");
    }, timeoutMs);
    await Promise.all(this.#ending);
    clearTimeout(timer);
    this.#cancelRenewal();
  }

  get #isStopped(): boolean {
    return this.#ends.signal.aborted;
  }

  async #rounds(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      this.#cancelAlarm();
      try {
        await this.#take();
        await this.#setAlarm();
        this.#failure = undefined;
      } catch (error) {
        this.#failed("runs cannot be taken", error);
        const { clock, leaseMs } = this.#options;
        this.#lostFrom = clock.now() + AGAIN_MS + leaseMs / 2;
        this.#alarmAt(clock.now() + AGAIN_MS);
      }
    }
  }

  async #take(): Promise<void> {
    const { queue, kinds, leaseMs, places, concurrency, clock } = this.#options;
    const names = Object.keys(kinds);
    const begun = names.filter((name) => "begin" in (kinds[name] ?? {}));
    const takesLost = clock.now() >= this.#lostFrom;
    const first = await queue.claim({ leaseMs, most: BEGIN_AT_ONCE, kinds: begun, concurrency: new Map(), takesLost });
    for (const claimed of first) await this.#begin(claimed);
    if (first.length === BEGIN_AT_ONCE) this.#isWoken = true;
    const free = places - this.#held.size;
    if (free <= 0) return;
    const run = names.filter((name) => !begun.includes(name));
    const held = [...this.#held.keys()];
    const claim = { leaseMs, most: free, kinds: run, concurrency: await concurrency(), held, takesLost };
    for (const claimed of await queue.claim(claim)) this.#carryOut(claimed);
  }

  async #begin({ run, lease }: ClaimedRun): Promise<void> {
    const { queue, kinds } = this.#options;
    const kind = kinds[run.kind];
    if (kind === undefined || !("begin" in kind)) return;
    try {
      await queue.change(async (changes) => {
        const held = await changes.held(run.id, lease);
        if (held === undefined) return;
        if (held.isCancelled) await changes.end(run.id, { state: "cancelled" });
        else await kind.begin(held, changes);
      });
    } catch (error) {
      // It is begun again when its lease has ended.
      if (isPassing(error)) throw error;
      this.#options.onProblem(`the run ${run.id} cannot be begun`, error);
      this.#track(async () => void (await this.#settle({ run, lease }, { kind: "failed", error })));
    }
  }

  #carryOut(claimed: ClaimedRun): void {
    const { queue, kinds, clock } = this.#options;
    const { run, lease } = claimed;
    const kind = kinds[run.kind];
    if (kind === undefined || !("run" in kind)) return;
    const held = new HeldRun(queue, claimed);
    this.#held.set(lease, held);
    const startedAt = clock.now();
    this.#track(async () => {
      try {
        const end = notWorthIt(run) ?? (await held.carryOut(kind));
        const settled = held.isLost ? undefined : await this.#settle(claimed, end);
        if (settled !== undefined)
          this.#options.onAttempt({ run: settled, outcome: outcomeOf(end), durationMs: clock.now() - startedAt });
      } finally {
        this.#held.delete(lease);
        this.wake();
      }
    });
  }

  /** Lets work go on beside the rounds; {@link stop} waits for it. @param work never rejects */
  #track(work: () => Promise<void>): void {
    const tracked = work().finally(() => {
      this.#ending = this.#ending.filter((each) => each !== tracked);
    });
    this.#ending.push(tracked);
  }

  /** Writes what became of an attempt, as soon as the database can be reached. */
  async #settle({ run, lease }: ClaimedRun, ended: AttemptEnd): Promise<Run | undefined> {
    const { queue, random, leaseMs } = this.#options;
    let end = ended;
    let tries = 0;
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, leaseMs)) {
      try {
        return await queue.change((changes) => settleAttempt(changes, { run, lease, end, random: random() }));
      } catch (error) {
        this.#failed(`the end of the run ${run.id} cannot be written`, error);
        // Its lease ends, and it is carried out again.
        if (this.#isStopped) return undefined;
        if (!isPassing(error)) tries++;
        const lesser = lesserEnd(end, error, tries);
        if (lesser !== undefined) [end, tries, delayMs] = [lesser, 0, FIRST_DELAY_MS];
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  #renew(): Promise<void> {
    const { queue, leaseMs } = this.#options;
    return this.#look((held) => queue.renew(held, leaseMs));
  }

  /** Ends what is not held any more, or is to end. */
  async #look(ask: (held: readonly ClaimedRun[]) => Promise<HeldLeases>): Promise<void> {
    const all = [...this.#held.values()];
    try {
      const leases = await ask(all.map(({ claimed }) => claimed));
      for (const held of all) {
        const state = leases.get(held.claimed.lease);
        if (state === undefined) held.abort("lost");
        else if (state.isCancelled) held.abort("cancelled");
      }
    } catch (error) {
      this.#failed("leases cannot be renewed", error);
    }
  }

  #scheduleRenewal(): void {
    const { clock, leaseMs } = this.#options;
    this.#cancelRenewal = clock.at(clock.now() + leaseMs / 3, () => {
      void this.#renew();
      this.#scheduleRenewal();
    });
  }

  async #setAlarm(): Promise<void> {
    const { queue, clock, pollMs } = this.#options;
    const next = (await queue.nextDueAt()) ?? Infinity;
    this.#alarmAt(Math.min(next, clock.now() + pollMs));
  }

  #alarmAt(at: number): void {
    if (!this.#isStopped) this.#cancelAlarm = this.#options.clock.at(at, () => this.wake());
  }

  #failed(what: string, error: unknown): void {
    const isNews = this.#failure === undefined || this.#failure.message !== messageOf(error);
    this.#failure = error as XqbusError;
    if (isNews) this.#options.onProblem(what, error);
  }
}

/** How a run ends that is not carried out: it was cancelled before its process died, or too many died of it. */
function notWorthIt({ isCancelled, losses }: Run): AttemptEnd | undefined {
  if (isCancelled) return { kind: "cancelled" };
  return losses > MAX_LOSSES ? { kind: "given-up", error: LOST } : undefined;
}
