import { Type, type TProperties, type TSchema } from "typebox";
import { given, named, text, time } from "./answers.ts";

const MAX_IDS = 10_000;
const LONG_TEXT = 64 * 1024;

const MEANT: TProperties = {
  ids: Type.Optional(Type.Array(text(256), { maxItems: MAX_IDS })),
  subscription: Type.Optional(text(2000)),
  reason: Type.Optional(text(256)),
  eventId: Type.Optional(text(256, "message id of the event")),
  eventType: Type.Optional(text(1000)),
  xquery: Type.Optional(text(LONG_TEXT, "over the event")),
};

/** Parameters of a list of dead letters. */
export const DEAD_LETTER_QUERY: TSchema = given({
  ...MEANT,
  after: Type.Optional(text(256, "those behind this id in the list, which has the oldest first")),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "default 100" })),
});

/** Which dead letters are redriven or deleted. */
export const DEAD_LETTER_CHOICE: TSchema = given(
  { ...MEANT, dryRun: Type.Optional(Type.Boolean()) },
  "which dead letters are meant; what is given must hold, nothing at all means every one",
);

const LETTER: TProperties = {
  id: Type.String(),
  subscription: Type.String(),
  kind: Type.Enum(["listener", "subscription", "queue"]),
  eventId: Type.Optional(Type.String()),
  eventType: Type.Optional(Type.String()),
  subject: Type.Optional(Type.String()),
  reason: Type.String(),
  error: Type.Optional(Type.String()),
  attempts: Type.Integer(),
  at: time(),
  redrives: Type.Integer(),
  bytes: Type.Integer(),
};

/** `DeadLetter` of the OpenAPI document. */
export const DEAD_LETTER: TSchema = named(
  "DeadLetter",
  LETTER,
  "A dead letter of a listener, a subscription or a queue",
);

/** `DeadLetterDocument` of the OpenAPI document. */
export const DEAD_LETTER_DOCUMENT: TSchema = named(
  "DeadLetterDocument",
  {
    ...LETTER,
    document: Type.String({
      description: "sensitive values are masked unless raw is asked for; empty for what is no event then",
    }),
    encoding: Type.Enum(["utf8", "base64"]),
  },
  "A dead letter with its event",
);

/** `DeadLetterGroup` of the OpenAPI document. */
export const DEAD_LETTER_GROUP: TSchema = named(
  "DeadLetterGroup",
  {
    subscription: Type.String(),
    reason: Type.String(),
    eventType: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    count: Type.Integer(),
    oldest: time(),
    latest: time(),
    example: Type.String(),
  },
  "Dead letters that have the same cause",
);

/** `DeadLetterChange` of the OpenAPI document. */
export const DEAD_LETTER_CHANGE: TSchema = named(
  "DeadLetterChange",
  {
    matched: Type.Integer(),
    changed: Type.Integer({ description: "redriven or deleted; with dryRun what would be" }),
    refused: Type.Array(Type.Object({ id: Type.String(), code: Type.String(), message: Type.String() })),
  },
  "What came of redriving or deleting",
);
