import { inSpan, isTracing, startSpan } from "../telemetry/index.ts";
import type { Notification, NotifyResult } from "./notifier.ts";

/** When an event came, and for whom it is; times in ms since 1970. */
export interface TracedArrival {
  /** Message id. */
  readonly eventId: string;
  readonly eventType: string;
  /** As it came with the event. */
  readonly traceparent: string | undefined;
  readonly acceptedAt: number;
  readonly matchedAt: number;
  /** Ids of those that wanted it. */
  readonly listeners: readonly string[];
}

/** Tells traces of an event that was matched: a span `match` that continues the one of its sender. Nothing without an SDK. */
export function traceArrival({
  acceptedAt,
  eventId,
  eventType,
  listeners,
  matchedAt,
  traceparent,
}: TracedArrival): void {
  if (!isTracing()) return;
  const attributes = {
    "messaging.message.id": eventId,
    "xqbus.event.type": eventType,
    "xqbus.listener.count": listeners.length,
  };
  const span = startSpan({ name: "match listeners", kind: "internal", traceparent, attributes, startedAt: acceptedAt });
  span?.end(undefined, matchedAt);
}

/**
 * Runs an attempt in two spans: `deliver`, which continues the sender's, and in it `notify`, what is said to the receiver, whose trace
 * context the receiver gets. Without an SDK it just runs.
 */
export function traceAttempt(
  notification: Notification,
  { notifier }: { readonly notifier: string },
  notify: (notification: Notification) => Promise<NotifyResult>,
): Promise<NotifyResult> {
  if (!isTracing()) return notify(notification);
  const { attempt, delivery, id, listener, traceparent, type } = notification;
  const attributes = {
    "messaging.message.id": id,
    "xqbus.event.type": type,
    "xqbus.listener.id": listener,
    "xqbus.delivery.id": delivery,
    "xqbus.delivery.attempt": attempt,
    "xqbus.notifier": notifier,
  };
  return inSpan({ name: `deliver ${notifier}`, kind: "internal", traceparent, attributes }, () =>
    inSpan({ name: `notify ${notifier}`, kind: "client" }, async (span) => {
      const result = await notify(
        span === undefined ? notification : { ...notification, traceparent: span.traceparent },
      );
      span?.set({ "xqbus.notifier.status": result.status });
      return result;
    }),
  );
}
