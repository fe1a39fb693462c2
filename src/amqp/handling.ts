import { systemClock, type Clock } from "../clock.ts";
import type { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { MemoryHandledIds, type HandledIds, type HandlingOptions, type StopOptions } from "../subscription/index.ts";
import type { CheckedConsumerOptions, ConsumerOptions } from "./consumer-options.ts";
import type { MatchedDelivery } from "./matched-delivery.ts";
import { orderKey } from "./order-key.ts";

/** Nobody waits longer than a year for a callback. */
const MAX_PATIENCE_MS = 365 * 24 * 60 * 60 * 1000;

/** How a consumer's subscription handles its deliveries, as the consumer's options say. */
export function handlingOptions(
  options: CheckedConsumerOptions,
  { name, isLoop }: { readonly name: string; readonly isLoop: boolean },
  onError: (error: XqbusError, event?: Event) => void,
): HandlingOptions<MatchedDelivery> {
  const { retry, rate, orderBy, deduplicate, maxDeliveries, prefetch, handlerTimeoutMs } = options;
  const { clock, random, defaultElementNamespace } = options;
  const concurrency = isLoop ? 1 : options.concurrency;
  const handled = windowOf(deduplicate, clock);
  // Events whose turn has not come stay bytes, unless those that wait for a retry or behind their key must not hold up the others.
  const maxPending = retry === undefined && orderBy === undefined ? concurrency : prefetch;
  return {
    name,
    retry: retry ?? { attempts: maxDeliveries, backoff: { kind: "schedule", delaysMs: [0] }, jitter: 0 },
    // To a broker that cannot delay; with `retry` the source says that it cannot.
    holdUpToMs: 0,
    ...{ concurrency, maxPending, handlerTimeoutMs, clock },
    ...(rate === undefined ? {} : { rate }),
    ...(orderBy === undefined ? {} : { orderBy: orderKey(orderBy, defaultElementNamespace) }),
    ...(handled === undefined ? {} : { handled }),
    ...(random === undefined ? {} : { random }),
    onError: (error, delivery) => onError(error, delivery?.event),
  };
}

/**
 * How the subscription of a consumer stops: in time of the machine, for it bounds the end of a process.
 *
 * @param patienceMs how long callbacks may go on; Infinity for as long as they like
 * @param isLoop whose body may go on for ever
 */
export function stopOptions(patienceMs: number, isLoop: boolean): StopOptions {
  return {
    timeoutMs: patienceMs > MAX_PATIENCE_MS ? Infinity : Math.max(1, Math.ceil(patienceMs)),
    clock: systemClock({ keepsProcessAlive: true }),
    ...(isLoop ? { signal: AbortSignal.abort() } : {}),
  };
}

function windowOf(deduplicate: ConsumerOptions["deduplicate"], clock: Clock): HandledIds | undefined {
  if (deduplicate === undefined || deduplicate === false) return undefined;
  if (deduplicate === true) return new MemoryHandledIds({ clock });
  return "has" in deduplicate ? deduplicate : new MemoryHandledIds({ clock, ...deduplicate });
}
