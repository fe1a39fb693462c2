import type { AttemptRow } from "./delivery-record.ts";
import type { Notification, NotifyResult } from "./notifier.ts";

/** An event that listeners wanted, and that is on disk for them now. Times in ms since 1970. */
export interface ArrivalReport {
  /** Message id. */
  readonly eventId: string;
  readonly eventType: string;
  readonly traceparent: string | undefined;
  readonly acceptedAt: number;
  readonly matchedAt: number;
  readonly storedAt: number;
  /** Ids of those that have a new delivery. */
  readonly listeners: readonly string[];
}

/** An attempt that is over. */
export interface AttemptReport {
  readonly listener: string;
  /** Id of the notifier's type. */
  readonly notifier: string;
  readonly delivery: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly attempt: AttemptRow;
  /** When the daemon had the event; to `attempt.endedAt` it took to be delivered. */
  readonly acceptedAt: number;
  /** `retry`, or why there is no other attempt; undefined when it was delivered. */
  readonly next: string | undefined;
}

/**
 * Runs an attempt within a span of a trace: `notify` sends what it is given, which has the span's own `traceparent`.
 */
export type AttemptTracer = (
  notification: Notification,
  facts: { readonly notifier: string },
  notify: (notification: Notification) => Promise<NotifyResult>,
) => Promise<NotifyResult>;
