import type { DeadLetter } from "./dead-letter.ts";

/**
 * What is to become of a delivery, in the words of AMQP (AMQP 1.0, part 3.4):
 *
 * - `accepted`: it was handled, now or (`duplicate`) before.
 * - `released`: it was not tried; deliver it again as if nothing had been.
 * - `modified`: `attempts` attempts in all have failed, of which the first began at `firstAt` (ms since 1970); deliver it again, not
 *   before `delayMs` if the transport can delay.
 * - `rejected`: it is a dead letter; keep it with this record.
 */
export type Outcome =
  | { readonly kind: "accepted"; readonly duplicate: boolean }
  | { readonly kind: "released" }
  | { readonly kind: "modified"; readonly attempts: number; readonly firstAt: number; readonly delayMs: number }
  | { readonly kind: "rejected"; readonly letter: DeadLetter };

/** One event on its way to a handler, whatever brought it. Transports add what handlers need: the event, its properties. */
export interface Delivery {
  /** The event's id, the same at each repetition. Without one, repetitions are not recognised. */
  readonly id?: string | undefined;
  /** Attempts that failed before, as far as the transport knows. */
  readonly attempts: number;
  /** When the first of those began, in ms since 1970, if the transport knows. */
  readonly firstAt?: number | undefined;
  /** The address it came from. */
  readonly origin?: string | undefined;
  /**
   * Tells the transport the outcome. A subscription calls it exactly once for each delivery, unless the process ends before. The next
   * delivery of the same key begins when it has resolved. When it throws or rejects, that is reported, and the
   * transport is expected to deliver again.
   */
  settle(outcome: Outcome): void | Promise<void>;
}

/**
 * Where a subscription gets its deliveries. It calls `start` once, then `request`, then `stop` once; it waits for no promise
 * longer than it has time to.
 */
export interface DeliverySource<D extends Delivery> {
  /** Whether the transport holds a `modified` delivery back for `delayMs`. Default false. */
  readonly canDelay?: boolean;
  /** Begins. Each delivery is handed to `receive`, not more than were requested; what is too much is released at once. */
  start(receive: (delivery: D) => void): void | Promise<void>;
  /** That many more deliveries may come. */
  request(count: number): void;
  /** No more deliveries are wanted; those that were on their way are handed over, too, and released. */
  stop(): void | Promise<void>;
}
