import { Type, type TProperties, type TSchema } from "typebox";
import { RUN_STATES } from "../../../action/index.ts";
import { TASKLET_OUTCOMES } from "../../tasklet-records/index.ts";
import { given, items, named, refTo, text, time } from "./answers.ts";

const STATES: TSchema = Type.Enum(["waiting", "delivered", "dead", "deleted"]);

/** `Delivery` of the OpenAPI document. */
export const DELIVERY: TSchema = named(
  "Delivery",
  {
    id: Type.String(),
    listener: Type.String(),
    eventId: Type.String(),
    eventType: Type.String(),
    subject: Type.String(),
    state: STATES,
    acceptedAt: time(),
    matchedAt: time(),
    attempts: Type.Array(
      Type.Object({
        number: Type.Integer(),
        startedAt: time(),
        endedAt: time(),
        outcome: Type.Enum(["delivered", "failed", "timed-out", "aborted"]),
        status: Type.Optional(Type.Integer()),
        excerpt: Type.Optional(Type.String()),
        code: Type.Optional(Type.String()),
        message: Type.Optional(Type.String()),
      }),
    ),
    nextAttemptAt: Type.Optional(time()),
    reason: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    redrives: Type.Integer(),
  },
  "What became of one event at one listener",
);

const RUN_ERROR = Type.Object({ code: Type.String(), message: Type.String() });
const TRACED_RUN = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  state: Type.Enum([...RUN_STATES]),
  parent: Type.Optional(Type.String({ description: "the run of a workflow that this is a step of" })),
  step: Type.Optional(Type.String()),
  createdAt: time(),
  endedAt: Type.Optional(time()),
  error: Type.Optional(RUN_ERROR),
  attempts: Type.Array(
    Type.Object({
      number: Type.Integer(),
      startedAt: time(),
      endedAt: Type.Optional(time()),
      outcome: Type.Optional(Type.Enum(["begun", "succeeded", "failed", "cancelled", "lost", "stopped"])),
      error: Type.Optional(RUN_ERROR),
    }),
  ),
});

const TASKLET_RECORD = Type.Object({
  consumer: Type.String(),
  tasklet: Type.Optional(Type.String({ description: "its module; left out: none wanted the event" })),
  eventId: Type.Optional(Type.String()),
  eventType: Type.String(),
  eventKey: Type.String(),
  attempt: Type.Integer(),
  outcome: Type.Enum([...TASKLET_OUTCOMES]),
  startedAt: time("by the clock of the consumer"),
  endedAt: time(),
  error: Type.Optional(RUN_ERROR),
});

/** `EventTrace` of the OpenAPI document. */
export const EVENT_TRACE: TSchema = named(
  "EventTrace",
  {
    eventId: Type.String(),
    eventType: Type.Optional(Type.String()),
    subject: Type.Optional(Type.String()),
    acceptedAt: Type.Optional(time("when the daemon had it for its listeners")),
    traceparent: Type.Optional(Type.String()),
    bytes: Type.Integer(),
    deliveries: Type.Array(refTo("Delivery"), { description: "one for each listener that it matched" }),
    deadLetters: Type.Array(refTo("DeadLetter"), {
      description: "those of queues and subscriptions of the embedded broker",
    }),
    runs: Type.Optional(
      Type.Array(TRACED_RUN, {
        description: "of actions and workflows, with their steps; not for callers without action:read",
      }),
    ),
    archived: Type.Array(Type.Object({ number: Type.Integer(), archivedAt: time() }), {
      description: "its places in the archive",
    }),
    tasklets: Type.Array(TASKLET_RECORD, {
      description: "what consumers in folders have told of their tasklets",
    }),
  },
  "What became of one event",
);

const QUERY: TProperties = {
  state: Type.Optional(STATES),
  eventId: Type.Optional(text(256)),
  reason: Type.Optional(text(256)),
  before: Type.Optional(text(256, "those that come before this id in the list, which has the latest first")),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "default 50" })),
};

/** Parameters of the list of a listener's deliveries. */
export const LISTENER_DELIVERY_QUERY: TSchema = given(QUERY);

/** Parameters of the list of all deliveries. */
export const DELIVERY_QUERY: TSchema = given({ listener: Type.Optional(text(256)), ...QUERY });

/** A list of deliveries. */
export const DELIVERIES: TSchema = items(refTo("Delivery"));
