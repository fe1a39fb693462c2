import { AbortedError } from "../../amqp/index.ts";
import { systemClock } from "../../clock.ts";
import { XqbusError } from "../../errors.ts";
import { rate, type RateOptions } from "../../subscription/index.ts";
import type { Archive } from "../archive.ts";
import type { ArchivedEvent } from "../archived-event.ts";
import type { ArchiveQuery, QueryOptions } from "../query/archive-query.ts";

/** How events are replayed. */
export interface ReplayOptions extends QueryOptions {
  /** Counts only: nothing is sent. */
  readonly dryRun?: boolean;
  /** Times as fast as the events came: 1 is the original speed. Default: as fast as they are taken. */
  readonly speed?: number;
  /** Events at most: `100/s`, `600/min`. Default: any number. */
  readonly rate?: string | RateOptions;
  /** Waits; tests give another one. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** What was replayed. */
export interface Replayed {
  readonly matched: number;
  /** That the receiver has taken. */
  readonly sent: number;
  /** That nobody at the receiver wants, as far as that is known: filters and rights of a subscription. */
  readonly unwanted: number;
}

/** Whom events are given to. */
export interface Taker<E> {
  /** Resolves when the event is taken; with false: it is not wanted. What it throws ends the replay. */
  take(event: E): unknown;
  /** Whether it would be; asked in a dry run only. Default: every one is. */
  wants?(event: E): boolean;
}

/**
 * Gives archived events to somebody once more, one after the other, in the order in which they came.
 *
 * @param take resolves when the event is taken; what it throws ends the replay
 * @throws XqbusError `xqbus:illegal-argument` for options that cannot be used, `xqbus:aborted`
 */
export async function replay(
  archive: Archive,
  query: ArchiveQuery,
  take: Taker<ArchivedEvent>["take"],
  options: ReplayOptions = {},
): Promise<Replayed> {
  return await replayEvents(archive.query(query, options), { take }, options);
}

/** The same for events that come from elsewhere; `time`: when they were sent, ms since 1970. */
export async function replayEvents<E extends { readonly time: number }>(
  events: AsyncIterable<E>,
  taker: Taker<E>,
  options: ReplayOptions,
): Promise<Replayed> {
  const { dryRun = false, speed, signal, wait = (ms) => pause(ms, signal) } = options;
  assertPositive(speed, "speed");
  const bound = options.rate === undefined ? undefined : rate(options.rate);
  let [matched, sent, unwanted] = [0, 0, 0];
  if (dryRun) {
    for await (const event of events) {
      matched++;
      if (taker.wants?.(event) === false) unwanted++;
    }
    return { matched, sent, unwanted };
  }
  let first: number | undefined;
  /** Ms from the beginning of the replay at which the event before was due. */
  let due = 0;
  let waited = 0;
  for await (const event of events) {
    matched++;
    first ??= event.time;
    const bySpeed = speed === undefined ? 0 : (event.time - first) / speed;
    const byRate = bound === undefined ? 0 : (sent * bound.perMs) / bound.count;
    due = Math.max(due, bySpeed, byRate);
    if (due > waited) await wait(due - waited);
    waited = due;
    if (signal?.aborted === true) throw new AbortedError("the replay was cancelled", { cause: signal.reason });
    if ((await taker.take(event)) === false) unwanted++;
    else sent++;
  }
  return { matched, sent, unwanted };
}

function assertPositive(value: number | undefined, name: string): void {
  if (value === undefined || (value > 0 && Number.isFinite(value))) return;
  throw new XqbusError("xqbus:illegal-argument", `option ${name} must be a number above 0`);
}

const CLOCK = systemClock({ keepsProcessAlive: true });

/** Ends early when it is cancelled. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = CLOCK.at(CLOCK.now() + ms, end);
    signal?.addEventListener("abort", end, { once: true });
    function end(): void {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}
