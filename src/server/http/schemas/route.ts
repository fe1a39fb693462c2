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
    revision: Type.Integer({ description: "1: it wants what it wanted from the beginning" }),
    createdAt: time(),
    updatedAt: time(),
  },
  "A subscription of the router",
);

/** What a change of a route does. */
export const ROUTE_CHANGE: TSchema = Type.Object({
  route: refTo("Route"),
  change: Type.Enum(["created", "changed", "unchanged"]),
});

/** What the end of a route throws away. */
export const ROUTE_END: TSchema = Type.Object({
  name: Type.String(),
  queue: Type.String(),
  inQueue: Type.Optional(Type.Integer({ description: "messages that waited in the queue, where that is known" })),
  inBacklog: Type.Integer({ description: "messages that waited in the database" }),
});
