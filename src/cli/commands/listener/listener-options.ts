import { Option } from "commander";
import type { ListenerInput } from "../../../listener/index.ts";
import { collect, positiveInteger, positiveNumber } from "../../options.ts";

/** Options of what all listeners have, with the values that commander gives. */
export interface ListenerOptions {
  readonly eventType?: readonly string[];
  readonly xquery?: string;
  readonly routingKey?: string;
  readonly name?: string;
  readonly retry?: string;
  readonly rate?: string;
  readonly concurrency?: number;
  readonly attemptTimeout?: number;
  readonly maxWaiting?: number;
}

/** @param eventTypes those that are known, for the help */
export function eventTypeOption(verb: "create" | "update", eventTypes: readonly string[]): Option {
  const oneOf =
    eventTypes.length === 0
      ? "an event type (xqbus event list)"
      : `one of ${eventTypes.map((name) => `"${name}"`).join(", ")}`;
  const required = verb === "create" ? "(required) " : "";
  return new Option(
    "--event-type <type>",
    `${required}${oneOf}. May be specified multiple times. To match all types, use value "*"`,
  ).argParser(collect);
}

export const listenerOptions = (): readonly Option[] => [
  new Option("--xquery <query>", "only events for which this filter holds; then --event-type may be left out"),
  new Option("--routing-key <pattern>", "only subjects like this: * is one word, # any number; likewise"),
  new Option("--name <text>", "what people call the listener"),
  new Option(
    "--retry <text>",
    'when to try again: "12x exponential 5s..1h jitter 0.2 max-age 3d" (docs/subscription.md)',
  ),
  new Option("--rate <text>", "at most so many attempts: 100/min"),
  new Option("--concurrency <number>", "attempts at the same time").argParser(positiveInteger),
  new Option("--attempt-timeout <seconds>", "how long one attempt may take").argParser(positiveNumber),
  new Option("--max-waiting <number>", "deliveries that may wait; those beyond become dead letters").argParser(
    positiveInteger,
  ),
];

/** What the options say of a listener, besides its notifier. */
export function listenerInput(options: ListenerOptions): Omit<ListenerInput, "notifier" | "config"> {
  const { eventType, xquery, routingKey, name, retry, rate, concurrency, attemptTimeout, maxWaiting } = options;
  const given = {
    ...{ eventTypes: eventType, xquery, routingKey, name, retry, rate, concurrency, maxWaiting },
    timeoutMs: attemptTimeout === undefined ? undefined : Math.round(attemptTimeout * 1000),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
