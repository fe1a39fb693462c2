import { Type, type TProperties, type TSchema } from "typebox";
import { given, named, text, time } from "./answers.ts";

const LONG_TEXT = 64 * 1024;
const ANYTHING: TSchema = Type.Object({}, { additionalProperties: true });

const INPUT: TProperties = {
  name: Type.Optional(text(200, "for people")),
  notifier: text(100, "email, http, amqp, file, command"),
  config: Type.Object({}, { additionalProperties: true, description: "the notifier's configuration" }),
  eventTypes: Type.Optional(
    Type.Array(text(1000), { maxItems: 1000, description: "by annotation type or name; * alone: all" }),
  ),
  xquery: Type.Optional(text(LONG_TEXT, "a filter, besides the types")),
  routingKey: Type.Optional(text(1000, "a pattern of subjects: * one word, # any number")),
  retry: Type.Optional(text(1000, "12x exponential 5s..1h jitter 0.2 max-age 3d")),
  rate: Type.Optional(text(100, "100/min")),
  concurrency: Type.Optional(Type.Integer({ minimum: 1 })),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1 })),
  maxWaiting: Type.Optional(Type.Integer({ minimum: 1 })),
};

/** What makes a listener. */
export const LISTENER_INPUT: TSchema = given(INPUT);

/** What changes one: what is given. */
export const LISTENER_CHANGE: TSchema = given(
  { ...INPUT, notifier: Type.Optional(INPUT["notifier"]!), config: Type.Optional(INPUT["config"]!) },
  "what is given changes; the configuration is merged field by field, and *** leaves a secret as it is",
);

/** `Listener` of the OpenAPI document. */
export const LISTENER: TSchema = named(
  "Listener",
  {
    id: Type.String(),
    name: Type.Optional(Type.String()),
    notifier: Type.String(),
    config: ANYTHING,
    shown: Type.Array(Type.Array(Type.String()), { description: "labels and texts of the configuration, for people" }),
    eventTypes: Type.Array(Type.String()),
    xquery: Type.Optional(Type.String()),
    routingKey: Type.Optional(Type.String()),
    retry: Type.String(),
    rate: Type.Optional(Type.String()),
    concurrency: Type.Integer(),
    timeoutMs: Type.Integer(),
    maxWaiting: Type.Integer(),
    state: Type.Enum(["active", "paused", "broken", "disabled", "failed"]),
    stateReason: Type.Optional(Type.String()),
    createdAt: time(),
    updatedAt: time(),
    counts: Type.Object(
      {
        matched: Type.Integer(),
        delivered: Type.Integer(),
        failedAttempts: Type.Integer(),
        deadLettered: Type.Integer(),
        waiting: Type.Integer(),
        filterErrors: Type.Integer(),
      },
      { description: "since the listener was made, in all daemons of the bus; waiting: now" },
    ),
  },
  "A listener; secrets of its configuration are ***",
);

/** `ListenerTest` of the OpenAPI document. */
export const LISTENER_TEST: TSchema = named(
  "ListenerTest",
  {
    eventType: Type.String(),
    outcome: Type.Enum(["delivered", "failed"]),
    status: Type.Optional(Type.Integer()),
    excerpt: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    elapsedMs: Type.Number(),
  },
  "What a test of a listener gave",
);
