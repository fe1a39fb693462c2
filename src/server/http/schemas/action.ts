import { Type, type TSchema } from "typebox";
import { RUN_STATES } from "../../../action/index.ts";
import { given, named, text, time } from "./answers.ts";

const MEMBERS = {
  name: text(200, "unique"),
  module: text(1000, "a file below [action] folder"),
  function: text(200, "name of the exported function"),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1, description: "of an attempt" })),
  retry: Type.Optional(text(10_000, "a retry policy, docs/subscription.md")),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, description: "runs at the same time; default: unlimited" })),
};

/** `POST /actions`. */
export const NEW_ACTION: TSchema = given(MEMBERS);

/** `PATCH /actions/:id`. */
export const ACTION_CHANGE: TSchema = Type.Partial(given(MEMBERS), { additionalProperties: false, minProperties: 1 });

/** `Action` of the OpenAPI document. */
export const ACTION: TSchema = named(
  "Action",
  { ...MEMBERS, id: Type.String(), createdAt: time(), updatedAt: time() },
  "A function that requests, events, times and other actions start",
);

const LISTENED = {
  kind: Type.Literal("event"),
  eventTypes: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  routingKey: Type.Optional(text(1024)),
  xquery: Type.Optional(text(100_000, "which events, and what of them is the input")),
};

/** `POST /actions/:id/triggers`. */
export const NEW_TRIGGER: TSchema = Type.Union([
  given(LISTENED),
  given({
    kind: Type.Literal("schedule"),
    cron: text(200),
    timeZone: Type.Optional(text(100)),
    catchUp: Type.Optional(Type.Enum(["none", "one", "all"])),
    content: Type.Optional(Type.Unknown()),
  }),
  given({
    kind: Type.Literal("action"),
    after: text(200, "id or name of the other action"),
    on: Type.Optional(Type.Enum(["success", "failure", "end"])),
  }),
]);

/** `Trigger` of the OpenAPI document. */
export const TRIGGER: TSchema = named(
  "Trigger",
  {
    id: Type.String(),
    kind: Type.Enum(["event", "schedule", "action"]),
    text: Type.String({ description: "for people" }),
    nextAt: Type.Optional(time()),
  },
  "What starts an action",
);

const ERROR = Type.Object({ code: Type.String(), message: Type.String() });

/** `Run` of the OpenAPI document. */
export const RUN: TSchema = named(
  "Run",
  {
    id: Type.String(),
    kind: Type.String(),
    subject: Type.String({ description: "id of the action or workflow" }),
    name: Type.String(),
    state: Type.Enum([...RUN_STATES]),
    key: Type.String({ description: "the same at every attempt" }),
    event: Type.Unknown(),
    trigger: Type.Unknown(),
    attempts: Type.Integer(),
    output: Type.Optional(Type.Unknown()),
    error: Type.Optional(ERROR),
    createdAt: time(),
    startedAt: Type.Optional(time()),
    endedAt: Type.Optional(time()),
  },
  "What became of one start of an action or workflow",
);

/** `GET /runs`. */
export const RUN_QUERY: TSchema = given({
  subject: Type.Optional(text(200, "id or name of an action or workflow")),
  state: Type.Optional(Type.Enum([...RUN_STATES])),
  parent: Type.Optional(text(24)),
  eventId: Type.Optional(text(256, "of the event that has started them")),
  before: Type.Optional(text(24)),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
