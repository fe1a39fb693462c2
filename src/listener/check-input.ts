import { assertInteger, illegalOption, shown } from "../assert-option.ts";
import { nearestName, UnknownNameError } from "../schema/index.ts";
import { formatRetryPolicy, rate, retryPolicy } from "../subscription/index.ts";
import { checkFields } from "./check-fields.ts";
import { mergedConfig } from "./secrets.ts";
import { ALL_TYPES } from "./event-types.ts";
import type { ListenerDefinition } from "./listener-definition.ts";
import type { ListenerInput } from "./listener.ts";
import type { NotifierContext, NotifierType } from "./notifier.ts";

const MEMBERS: readonly (keyof ListenerInput)[] = [
  ...(["name", "notifier", "config", "eventTypes", "xquery", "routingKey"] as const),
  ...(["retry", "rate", "concurrency", "timeoutMs", "maxWaiting"] as const),
];
const DEFAULT_RETRY = "12x exponential 5s..1h jitter 0.2 max-age 3d";
const DEFAULT_CONCURRENCY = 4;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_WAITING = 100_000;

const MAX_NAME = 200;
const MAX_TYPES = 1000;
const MAX_CONCURRENCY = 1000;
const MAX_TIMEOUT_MS: number = 60 * 60 * 1000;
const MAX_WAITING = 10_000_000;
/** One word of a pattern, or the whole key. */
const MAX_ROUTING_KEY = 1024;

/** The types of notifiers by their ids. */
export type NotifierTypes = ReadonlyMap<string, NotifierType>;

/**
 * What a user says of a new listener, with all defaults. Event types and filter are left to the matcher.
 *
 * @throws UnknownNameError for a notifier or member that there is not, with a suggestion
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function newDefinition(
  input: ListenerInput,
  types: NotifierTypes,
  context: NotifierContext,
): ListenerDefinition {
  assertMemberNames(input);
  const type = typeNamed(types, input.notifier);
  const config = objectOf(input.config ?? {}, "config");
  return checked(type, { ...input, config }, context);
}

/**
 * A listener as a change makes it; `null` gives a member its default again.
 *
 * @throws as {@link newDefinition}; XqbusError `xqbus:illegal-argument` for another notifier, which is another listener
 */
export function changedDefinition(
  before: ListenerDefinition,
  change: Partial<ListenerInput>,
  types: NotifierTypes,
  context: NotifierContext,
): ListenerDefinition {
  assertMemberNames(change);
  if (change.notifier !== undefined && change.notifier !== before.notifier) {
    throw illegalOption(
      `the notifier of a listener stays ${before.notifier}; delete the listener and create another one`,
    );
  }
  const type = typeNamed(types, before.notifier);
  const config = mergedConfig(type, before.config, objectOf(change.config ?? {}, "config"));
  return checked(type, { ...before, ...change, config }, context);
}

type Given = { readonly [Member in keyof ListenerInput]?: ListenerInput[Member] | undefined | null };

function checked(type: NotifierType, input: Given, context: NotifierContext): ListenerDefinition {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== null));
  const { name, xquery, routingKey, rate: speed, retry = DEFAULT_RETRY } = given as Partial<ListenerInput>;
  const {
    config = {},
    eventTypes = [ALL_TYPES],
    concurrency = DEFAULT_CONCURRENCY,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    maxWaiting = DEFAULT_MAX_WAITING,
  } = given as Partial<ListenerInput>;
  if (name !== undefined) assertText(name, "name", MAX_NAME);
  if (xquery !== undefined) assertText(xquery, "xquery", Infinity);
  if (routingKey !== undefined) assertRoutingKey(routingKey);
  assertEventTypes(eventTypes);
  if (typeof retry !== "string") throw illegalOption(`retry must be a text, got ${shown(retry)}`);
  formatRetryPolicy(retryPolicy(retry));
  if (speed !== undefined) {
    assertText(speed, "rate", MAX_NAME);
    rate(speed);
  }
  assertInteger(concurrency, "concurrency", 1, MAX_CONCURRENCY);
  assertInteger(timeoutMs, "timeoutMs", 1, MAX_TIMEOUT_MS);
  assertInteger(maxWaiting, "maxWaiting", 1, MAX_WAITING);
  checkFields(type.id, type.fields, config);
  return {
    ...{
      name,
      notifier: type.id,
      config: { ...type.check(config, { ...context, eventTypes }) },
      eventTypes: [...new Set(eventTypes)],
    },
    ...{ xquery, routingKey, retry, rate: speed, concurrency, timeoutMs, maxWaiting },
  };
}

function assertMemberNames(input: unknown): void {
  for (const name of Object.keys(objectOf(input, "a listener"))) {
    if ((MEMBERS as readonly string[]).includes(name)) continue;
    throw new UnknownNameError(name, `a member of a listener (${MEMBERS.join(", ")})`, nearestName(name, MEMBERS));
  }
}

function typeNamed(types: NotifierTypes, name: unknown): NotifierType {
  const type = typeof name === "string" ? types.get(name) : undefined;
  if (type !== undefined) return type;
  const names = [...types.keys()];
  if (typeof name !== "string") {
    throw illegalOption(`notifier must be one of ${names.join(", ")}, got ${shown(name)}`);
  }
  throw new UnknownNameError(name, `a notifier (${names.join(", ")})`, nearestName(name, names));
}

/** What can be meant: a wildcard beside other characters stands for itself, which nobody expects. */
function assertRoutingKey(pattern: unknown): void {
  assertText(pattern, "routingKey", MAX_ROUTING_KEY);
  if (
    String(pattern)
      .split(".")
      .every((word) => /^(?:[*#]|[^*#]+)$/u.test(word))
  )
    return;
  throw illegalOption(
    `routingKey must be words with dots between them, "*" for one word, "#" for any number, got ${shown(pattern)}`,
  );
}

function assertEventTypes(eventTypes: unknown): void {
  const isList = Array.isArray(eventTypes) && eventTypes.length > 0 && eventTypes.length <= MAX_TYPES;
  if (!isList || !eventTypes.every((type) => typeof type === "string" && type !== "")) {
    throw illegalOption(`eventTypes must be a list of 1 to ${MAX_TYPES} event types, or ["${ALL_TYPES}"]`);
  }
  if (eventTypes.length > 1 && eventTypes.includes(ALL_TYPES)) {
    throw illegalOption(`eventTypes has "${ALL_TYPES}", all of them, and others; give one or the other`);
  }
}

function assertText(value: unknown, member: string, most: number): void {
  if (typeof value === "string" && value.trim() !== "" && value.length <= most) return;
  const bound = most === Infinity ? "a text" : `a text of 1 to ${most} characters`;
  throw illegalOption(`${member} must be ${bound}, got ${shown(value)}`);
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw illegalOption(`${what} must be an object, got ${shown(value)}`);
}
