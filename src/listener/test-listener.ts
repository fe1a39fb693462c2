import type { Clock } from "../clock.ts";
import { XqbusError } from "../errors.ts";
import { Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import { summarizeError } from "../subscription/index.ts";
import type { ListenerTest } from "./listeners.ts";
import { maskedAnswer } from "./mask-answer.ts";
import type { Matcher } from "./matcher.ts";
import type { Notification, Notifier, NotifierContext, NotifierType } from "./notifier.ts";
import { NotifyError } from "./notify-error.ts";
import type { Runner } from "./runner.ts";

/** Who is tested. */
export interface TestedListener {
  readonly runner: Runner;
  readonly type: NotifierType;
  readonly context: NotifierContext;
  readonly matcher: Matcher;
  readonly clock: Clock;
  /** Id of the delivery that the receiver sees. */
  readonly delivery: string;
}

/** Samples that are tried, until the filter wants one. */
const MAX_SAMPLES = 50;

/**
 * Tells the receiver of a listener of a sample, once; nothing is stored.
 *
 * @throws UnknownNameError for an event type; and what the notifier throws when it cannot be opened
 */
export async function testListener(
  listener: TestedListener,
  { eventType, signal }: { readonly eventType: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<ListenerTest> {
  const { runner, type, context, matcher, clock, delivery } = listener;
  const { id, definition } = runner.stored;
  const event = sampleFor(listener, eventType);
  const opened = runner.notifier ?? (await type.open(definition.config, context));
  const notification = {
    ...{ delivery, listener: id, attempt: 1, id: delivery, type: matcher.types.wordOf(event), event },
    ...{ subject: event.name, time: clock.now(), traceparent: undefined, isTest: true },
  };
  try {
    const { timeoutMs } = definition;
    return await notifyOnce(opened, notification, { catalog: context.catalog, clock, timeoutMs, signal });
  } finally {
    if (runner.notifier === undefined) await opened.close();
  }
}

/** A sample of an event type, one that the listener wants if that is found soon, else any. */
function sampleFor({ runner, context, matcher }: TestedListener, eventType: string | undefined): Event {
  const { catalog } = context;
  const { id, definition } = runner.stored;
  if (eventType !== undefined) matcher.types.assertKnown([eventType]);
  const names = eventType === undefined ? matcher.eventTypesOf(id) : matcher.types.resolve([eventType]).names;
  const [name] = names === "all" ? catalog.eventNames : names;
  if (name === undefined) {
    throw new XqbusError("xqbus:unknown-name", "the catalog has no event that the listener wants");
  }
  const sample = (seed: number): Event => Event.parse(catalog.sample(name, { seed }), { catalog });
  for (let seed = 1; seed <= MAX_SAMPLES; seed++) {
    const event = sample(seed);
    if (matcher.match(event, definition.routingKey ?? "", () => ({})).includes(id)) return event;
  }
  return sample(1);
}

interface TestLimits {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Never rejects. */
async function notifyOnce(
  notifier: Notifier,
  notification: Notification,
  { catalog, clock, timeoutMs, signal }: TestLimits,
): Promise<ListenerTest> {
  const { type: eventType, event } = notification;
  const beganAt = performance.now();
  const controller = new AbortController();
  let end: (error: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => (end = reject));
  const abort = (error: XqbusError): void => {
    controller.abort(error);
    end(error);
  };
  const onAbort = (): void => abort(new XqbusError("xqbus:aborted", "the test was ended by its caller"));
  const cancel = clock.at(clock.now() + timeoutMs, () =>
    abort(new XqbusError("xqbus:timeout", `the receiver did not answer within ${timeoutMs} ms`)),
  );
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const mask = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : maskedAnswer(text, event, catalog);
  const elapsed = (): number => Math.round(performance.now() - beganAt);
  try {
    const { status, excerpt } = await Promise.race([notifier.notify(notification, controller.signal), ended]);
    return { eventType, outcome: "delivered", status, excerpt: mask(excerpt), error: undefined, elapsedMs: elapsed() };
  } catch (error) {
    const { status, excerpt } = error instanceof NotifyError ? error : {};
    const { message } = summarizeError(error);
    return { eventType, outcome: "failed", status, excerpt: mask(excerpt), error: mask(message), elapsedMs: elapsed() };
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}
