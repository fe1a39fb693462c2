import type { HandlingFailure } from "./dead-letter.ts";

/** Where a delivery is: {@link SubscriptionCounts} counts them. */
export type Phase = "waiting" | "starting" | "running" | "held" | "settling";

/** What became of the deliveries so far, and where those at hand are. */
export interface SubscriptionCounts {
  /** Deliveries that came. */
  readonly received: number;
  /** Those that a handler handled. */
  readonly handled: number;
  /** Those that had been handled before. */
  readonly duplicates: number;
  /** Failed attempts, those whose time was over included. */
  readonly failed: number;
  /** Attempts whose time was over. */
  readonly timedOut: number;
  /** Failed attempts after which another one follows, here or by the transport. */
  readonly retried: number;
  /** Deliveries that went back to the transport. */
  readonly returned: number;
  readonly deadLettered: number;
  /** Dead letters by reason. */
  readonly deadLetters: Readonly<Record<HandlingFailure, number>>;
  /** Failed attempts by the error's code, or its class if it has none; when there are many, the rest as `other`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Outcomes and requests that the transport did not take. */
  readonly transportErrors: number;
  /** Questions to the window of handled ids that failed. */
  readonly handledErrors: number;

  /** Deliveries at hand whose turn has not come. */
  readonly waiting: number;
  /** Those whose turn has come and that wait for the rate or the window of handled ids. */
  readonly starting: number;
  /** Handlers that run. */
  readonly inFlight: number;
  /** Deliveries that wait for their next attempt. */
  readonly held: number;
  /** Deliveries whose outcome is on its way to the transport. */
  readonly settling: number;
  /** Handlers that go on although their time is over. */
  readonly abandoned: number;
}

/** Codes that are counted one by one; the others are counted together. */
const MAX_CODES = 50;

/** Adds up what a subscription does. */
export class SubscriptionTally {
  received = 0;
  handled = 0;
  duplicates = 0;
  failed = 0;
  timedOut = 0;
  retried = 0;
  returned = 0;
  transportErrors = 0;
  handledErrors = 0;
  readonly #phases: Record<Phase, number> = { waiting: 0, starting: 0, running: 0, held: 0, settling: 0 };
  readonly #deadLetters: Record<HandlingFailure, number> = {
    permanent: 0,
    attempts: 0,
    age: 0,
    "key-failed": 0,
    "key-full": 0,
  };
  readonly #failures: Map<string, number> = new Map();

  /** A delivery goes from one phase to the next; undefined is outside. */
  move(from: Phase | undefined, to: Phase | undefined): void {
    if (from !== undefined) this.#phases[from]--;
    if (to !== undefined) this.#phases[to]++;
  }

  deadLetter(reason: HandlingFailure): void {
    this.#deadLetters[reason]++;
  }

  failure(code: string): void {
    this.failed++;
    const counted = this.#failures.has(code) || this.#failures.size < MAX_CODES ? code : "other";
    this.#failures.set(counted, (this.#failures.get(counted) ?? 0) + 1);
  }

  /** The counts of this moment. */
  counts(abandoned: number): SubscriptionCounts {
    const { received, handled, duplicates, failed, timedOut, retried, returned, transportErrors, handledErrors } = this;
    const { running: inFlight, ...phases } = this.#phases;
    const totals = {
      received,
      handled,
      duplicates,
      failed,
      timedOut,
      retried,
      returned,
      transportErrors,
      handledErrors,
    };
    const deadLettered = Object.values(this.#deadLetters).reduce((sum, count) => sum + count, 0);
    return {
      ...totals,
      deadLettered,
      deadLetters: { ...this.#deadLetters },
      failures: Object.fromEntries(this.#failures),
      ...phases,
      inFlight,
      abandoned,
    };
  }
}
