import type { Event } from "../event/index.ts";
import type { Delivery, Outcome } from "../subscription/index.ts";
import type { AttemptRow } from "./delivery-record.ts";
import type { NotifyResult } from "./notifier.ts";

/** What is known of the event of a delivery. */
export interface DeliveredEvent {
  /** Message id. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** When it was made, ms since 1970. */
  readonly time: number;
  /** When the daemon had it. */
  readonly acceptedAt: number;
  readonly traceparent: string | undefined;
  readonly event: Event;
}

/** What is stored of a delivery that waits, and has to be known for its next attempt. */
export interface DeliveryRow {
  readonly number: number;
  readonly nextAt: number;
  readonly firstAt: number | undefined;
  /** Failed attempts of this round: they count for the retry policy. */
  readonly failures: number;
  /** Attempts in all. */
  readonly attempts: number;
}

/** A delivery of a listener in the hands of its subscription. */
export class RowDelivery implements Delivery {
  readonly row: DeliveryRow;
  readonly notified: DeliveredEvent;
  /** Whether it finds out if the receiver is back. */
  readonly isProbe: boolean;
  /** What the receiver said to the attempt that succeeded. */
  answer: NotifyResult | undefined;
  /** What the notifier threw. */
  failure: unknown;
  /** The attempt that is over, until it is stored with the outcome. */
  attempt: AttemptRow | undefined;
  readonly #settle: (delivery: RowDelivery, outcome: Outcome) => void | Promise<void>;

  constructor(
    row: DeliveryRow,
    notified: DeliveredEvent,
    isProbe: boolean,
    settle: (delivery: RowDelivery, outcome: Outcome) => void | Promise<void>,
  ) {
    this.row = row;
    this.notified = notified;
    this.isProbe = isProbe;
    this.#settle = settle;
  }

  get id(): string {
    return this.notified.id;
  }

  get attempts(): number {
    return this.row.failures;
  }

  get firstAt(): number | undefined {
    return this.row.firstAt;
  }

  settle(outcome: Outcome): void | Promise<void> {
    return this.#settle(this, outcome);
  }
}
