import { Type, type TSchema } from "typebox";
import { given, named, refTo, text, time } from "./answers.ts";

const MEMBERS = {
  xquery: Type.Optional(text(64 * 1024, "the filter; without it every event is wanted")),
  language: Type.Optional(Type.Enum(["xquery", "xpath", "xpath1"])),
  routingKey: Type.Optional(text(1000, "a pattern: * is a word, # any number of them")),
  namespaces: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 1000 }))),
  defaultElementNamespace: Type.Optional(text(1000)),
  orderBy: Type.Optional(
    Type.Union([Type.Literal("group-id"), given({ xpath: text(10_000) })], {
      description: "events of the same key come in their order",
    }),
  ),
};

/** `PUT /routes/:id`. */
export const NEW_ROUTE: TSchema = given(MEMBERS);

/** `Route` of the OpenAPI document. */
export const ROUTE: TSchema = named(
  "Route",
  {
    ...MEMBERS,
    name: Type.String(),
    queue: Type.String({ description: "where its events go" }),
    revision: Type.Integer({
      description: "1: it wants what it wanted from the beginning, and its queue has nothing of a route before it",
    }),
    createdAt: time(),
    updatedAt: time(),
  },
  "A subscription of the router",
);

const WAITING = {
  id: Type.Integer({ description: "grows: those with lower ids have waited longer" }),
  messageId: Type.Optional(Type.String({ description: "its first 256 characters" })),
  subject: Type.Optional(Type.String({ description: "the routing key, its first 256 characters" })),
  bytes: Type.Integer(),
  since: time(),
  reason: Type.String({ description: "why it is here, as of the latest attempt" }),
  isUndecided: Type.Boolean({ description: "whether the route wants it is not known yet" }),
};

/** `WaitingEvent` of the OpenAPI document. */
export const WAITING_EVENT: TSchema = named(
  "WaitingEvent",
  WAITING,
  "An event that waits in the database because the queue of its route does not take it",
);

/** Some of the events that wait. */
export const WAITING_PAGE: TSchema = Type.Object({
  items: Type.Array(refTo("WaitingEvent")),
  next: Type.Optional(Type.Integer({ description: "there are more: after of the next page" })),
});

/** The end of one of them. */
export const DISCARDED_EVENT: TSchema = Type.Object({ route: Type.String(), ...WAITING });

/** Parameters of the list of events that wait. */
export const WAITING_QUERY: TSchema = given({
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "id of the last event of the page before",
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "default 100" })),
});

/** What a change of a route does. */
export const ROUTE_CHANGE: TSchema = Type.Object({
  route: refTo("Route"),
  change: Type.Enum(["created", "changed", "unchanged"]),
});

/** What the end of a route throws away. */
export const ROUTE_END: TSchema = Type.Object({
  name: Type.String(),
  queue: Type.String(),
  inQueue: Type.Optional(
    Type.Integer({ description: "messages that waited in the queue; not there where it could not be emptied" }),
  ),
  inBacklog: Type.Integer({ description: "messages that waited in the database" }),
});
