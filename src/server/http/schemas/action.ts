import { Type, type TSchema } from "typebox";
import { RUN_STATES } from "../../../action/index.ts";
import { given, named, pages, text, time } from "./answers.ts";

const MEMBERS = {
  name: text(200, "unique"),
  module: text(1000, "a file below [action] folder"),
  function: text(200, "name of the exported function"),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1, description: "of an attempt" })),
  retry: Type.Optional(text(10_000, "a retry policy, docs/subscription.md")),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, description: "runs at the same time; default: unlimited" })),
};

const GIVEN = {
  ...MEMBERS,
  concurrency: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { description: "runs at the same time; null: unlimited" }),
  ),
};

/** `POST /actions`. */
export const NEW_ACTION: TSchema = given(GIVEN);

/** `PATCH /actions/:id`. */
export const ACTION_CHANGE: TSchema = Type.Partial(given(GIVEN), { additionalProperties: false, minProperties: 1 });

/** `Action` of the OpenAPI document. */
export const ACTION: TSchema = named(
  "Action",
  { ...MEMBERS, id: Type.String(), createdAt: time(), updatedAt: time() },
  "A function that requests, events, times and other actions start",
);

/** Members of an answer: triggers that go with an action or workflow. */
export const TRIGGERS_DELETED: Readonly<Record<"triggers" | "followers", TSchema>> = {
  triggers: Type.Integer({ description: "what starts it" }),
  followers: Type.Integer({ description: "triggers of others that it starts" }),
};

/** `DELETE /actions/:id`. */
export const DELETION: TSchema = Type.Object({
  ...TRIGGERS_DELETED,
  workflows: Type.Array(Type.String(), {
    description: "names of those with steps of it, which are kept and will fail",
  }),
});

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

const TRIGGERED = Type.Object({
  kind: Type.Enum(["http", "event", "schedule", "action", "workflow", "run"]),
  id: Type.Optional(Type.String({ description: "of the trigger or listener" })),
  run: Type.Optional(Type.String({ description: "id of the run that it followed, is a step of, or repeats" })),
  who: Type.Optional(Type.String({ description: "id of the API key that asked for it" })),
});

const RUN_MEMBERS = {
  id: Type.String(),
  kind: Type.String({ description: "action, workflow, delay or decision" }),
  subject: Type.String({ description: "id of the action or workflow" }),
  name: Type.String(),
  state: Type.Enum([...RUN_STATES]),
  key: Type.String({ description: "the same at every attempt" }),
  trigger: TRIGGERED,
  eventId: Type.Optional(Type.String({ description: "message id of the event at the beginning of it all" })),
  parent: Type.Optional(Type.String({ description: "id of the run that it is a step of" })),
  step: Type.Optional(Type.String()),
  timeoutMs: Type.Number({ description: "of an attempt" }),
  retry: Type.String({ description: "a retry policy, docs/subscription.md" }),
  depth: Type.Integer({ description: "how many runs stand before it in a chain of actions after actions" }),
  attempts: Type.Integer({ description: "those that were begun" }),
  failures: Type.Integer({ description: "attempts that failed, since somebody asked for another try" }),
  losses: Type.Integer({ description: "attempts whose process ended with them, likewise" }),
  error: Type.Optional(ERROR),
  createdAt: time(),
  firstAt: Type.Optional(time("when the first attempt began, since somebody asked for another try")),
  startedAt: Type.Optional(time("when the last attempt began")),
  endedAt: Type.Optional(time()),
  dueAt: Type.Optional(time("when it begins; while it runs: when its lease ends")),
  isCancelled: Type.Boolean({ description: "somebody wants it to end" }),
};

/** `Run` of the OpenAPI document. */
export const RUN: TSchema = named("Run", RUN_MEMBERS, "What became of one start of an action or workflow");

const LOG_LINE = Type.Object({
  attempt: Type.Integer(),
  at: time(),
  level: Type.Enum(["debug", "info", "warn", "error"]),
  text: Type.String(),
});

/** `RunDetails` of the OpenAPI document. */
export const RUN_DETAILS: TSchema = named(
  "RunDetails",
  {
    ...RUN_MEMBERS,
    event: Type.Object({ type: Type.String(), content: Type.Unknown(), xml: Type.Optional(Type.String()) }),
    definition: Type.Optional(Type.Unknown({ description: "of a workflow, as it was when the run was started" })),
    output: Type.Optional(Type.Unknown()),
    attemptList: Type.Array(
      Type.Object({
        number: Type.Integer(),
        startedAt: time(),
        endedAt: Type.Optional(time()),
        outcome: Type.Optional(Type.Enum(["begun", "succeeded", "failed", "cancelled", "lost", "stopped"])),
        error: Type.Optional(ERROR),
      }),
      { description: "the first and the last ones, [action] keep_attempts of each" },
    ),
    logs: Type.Array(LOG_LINE, { description: "the first 500 lines" }),
    nextLogs: Type.Optional(Type.String({ description: "there are more lines: after of GET /runs/{id}/logs" })),
  },
  "A run with what it was given and gave, its attempts and what its code wrote",
);

/** `GET /runs/{id}/logs`. */
export const RUN_LOG_QUERY: TSchema = given({
  after: Type.Optional(text(40, "next of the page before")),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "default: 500" })),
});

/** Lines of a run. */
export const RUN_LOG: TSchema = pages(LOG_LINE, "there are more: after of the next page");

const RUN_PAGE = {
  before: Type.Optional(text(24, "runs that come after this one in the list: next of the page before")),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "default: 50" })),
};

/** `GET /workflows/{id}/runs`. */
export const RUN_PAGE_QUERY: TSchema = given(RUN_PAGE);

/** A page of runs, or of what is told of them. */
export function runPage(run: TSchema): TSchema {
  return pages(run, "there are more: before of the next page");
}

/** `GET /runs`. */
export const RUN_QUERY: TSchema = given({
  subject: Type.Optional(text(200, "id or name of an action or workflow")),
  state: Type.Optional(Type.Enum([...RUN_STATES])),
  parent: Type.Optional(text(24)),
  eventId: Type.Optional(text(256, "of the event that has started them")),
  ...RUN_PAGE,
});
