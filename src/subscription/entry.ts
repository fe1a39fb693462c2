import type { Attempt } from "./attempt.ts";
import type { Delivery } from "./delivery.ts";
import type { Lane } from "./lanes.ts";
import type { Phase } from "./subscription-counts.ts";

/** A delivery at hand: from when it came until the transport has its outcome. */
export interface Entry<D extends Delivery> {
  readonly delivery: D;
  readonly arrivedAt: number;
  phase: Phase;
  /** Whom it has to wait for; undefined for one that got no place. */
  lane: Lane<Entry<D>> | undefined;
  /** Failed attempts, those before it came included. */
  failures: number;
  /** When its first attempt began, ms since 1970. */
  firstAt: number | undefined;
  /** When the next attempt is due, of one that is held. */
  dueAt: number;
  attempt: Attempt | undefined;
  /** The handler has succeeded, and the outcome is not on its way yet. */
  isHandled: boolean;
  /** The transport has lost it while somebody worked on it, and delivers it again. */
  isRecalled: boolean;
  /** Takes back the alarm of one that is held. */
  cancelAlarm: () => void;
  /** Lanes whose first delivery is a repetition of this one. */
  repetitions: Lane<Entry<D>>[];
}

const NOTHING = (): void => undefined;

/** A delivery that has just come. */
export function entryOf<D extends Delivery>(delivery: D, now: number): Entry<D> {
  return {
    delivery,
    arrivedAt: now,
    phase: "waiting",
    lane: undefined,
    failures: delivery.attempts,
    firstAt: delivery.firstAt,
    dueAt: now,
    attempt: undefined,
    isHandled: false,
    isRecalled: false,
    cancelAlarm: NOTHING,
    repetitions: [],
  };
}

/** Whether somebody works on a delivery: those of the same key stay behind it until it is clear where it goes. */
export function isBusy(entry: Entry<Delivery> | undefined): boolean {
  return entry?.phase === "running" || entry?.phase === "settling";
}
