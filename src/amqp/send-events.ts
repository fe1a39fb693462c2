import { assertInteger, illegalOption, shown } from "../assert-option.ts";
import type { Event } from "../event/index.ts";
import { XqbusError } from "../errors.ts";
import type { WaitLimits } from "./deadline.ts";
import { AbortedError } from "./errors.ts";

/** What was done so far of a `sendEvents`. */
export interface SendProgress {
  /** Events that the broker has accepted. */
  readonly accepted: number;
  /** Events that could not be sent. */
  readonly refused: number;
  /** Events that have no answer yet. */
  readonly underWay: number;
}

/** What has become of the events of a `sendEvents`. */
export type SendSummary = Omit<SendProgress, "underWay">;

/** How many events are sent; `timeoutMs` bounds each event, `signal` the whole. */
export interface SendEventsOptions extends WaitLimits {
  /** Events that may be under way at the same time. Default 200. */
  readonly window?: number;
  /** Called after each outcome. */
  readonly onProgress?: (progress: SendProgress) => void;
  /** Hears of each event that cannot be sent, and of its place from 0; without it, the first one ends the call. */
  readonly onRefused?: (error: XqbusError, event: Event | string | Uint8Array, index: number) => void;
}

type Sendable = Event | string | Uint8Array;

const DEFAULT_WINDOW = 200;

/** Sends the events of an iterable; see `EventPublisher.sendEvents`. */
export async function sendAll(
  events: Iterable<Sendable> | AsyncIterable<Sendable>,
  send: (event: Sendable, limits: WaitLimits) => Promise<void>,
  { window = DEFAULT_WINDOW, onProgress, onRefused, ...limits }: SendEventsOptions,
): Promise<SendSummary> {
  assertInteger(window, "window", 1);
  assertIterable(events);
  let accepted = 0;
  let refused = 0;
  let index = 0;
  let failure: { readonly error: unknown } | undefined;
  const underWay = new Set<Promise<void>>();
  const sendOne = async (event: Sendable, place: number): Promise<void> => {
    try {
      await send(event, limits);
      accepted++;
    } catch (error) {
      refused++;
      if (onRefused === undefined || !(error instanceof XqbusError)) failure ??= { error };
      else onRefused(error, event, place);
    }
  };
  try {
    for await (const event of limits.signal === undefined ? events : untilAborted(events, limits.signal)) {
      const sending: Promise<void> = sendOne(event, index++)
        .finally(() => underWay.delete(sending))
        .then(() => onProgress?.({ accepted, refused, underWay: underWay.size }))
        .catch((error: unknown) => {
          failure ??= { error };
        });
      underWay.add(sending);
      if (underWay.size >= window) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure !== undefined) throw failure.error;
  return { accepted, refused };
}

/** One event as text or bytes can be iterated as well, by characters and numbers. */
function assertIterable(events: unknown): void {
  const isObject = typeof events === "object" && events !== null && !(events instanceof Uint8Array);
  if (isObject && (Symbol.iterator in events || Symbol.asyncIterator in events)) return;
  throw illegalOption(
    `sendEvents takes events one after the other, such as a list or a generator gives, got ${shown(events)}`,
  );
}

/** The same events; a source that gives none does not keep the call when the signal is aborted. */
async function* untilAborted(
  events: Iterable<Sendable> | AsyncIterable<Sendable>,
  signal: AbortSignal,
): AsyncGenerator<Sendable, void> {
  const source = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]();
  try {
    for (;;) {
      const next = await nextOrAbort(source, signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a generator that waits for something ends only after that.
    void Promise.resolve(source.return?.()).catch(() => undefined);
  }
}

async function nextOrAbort(
  source: Iterator<Sendable, unknown> | AsyncIterator<Sendable, unknown>,
  signal: AbortSignal,
): Promise<IteratorResult<Sendable, unknown>> {
  const ended = (): AbortedError => new AbortedError("sending events was ended by the caller's AbortSignal");
  if (signal.aborted) throw ended();
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(ended());
    signal.addEventListener("abort", abort, { once: true });
    forget = () => signal.removeEventListener("abort", abort);
  });
  try {
    return await Promise.race([source.next(), aborted]);
  } finally {
    forget();
  }
}
