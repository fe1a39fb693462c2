import { Type, type TSchema } from "typebox";
import { given, named, text } from "./answers.ts";

const NAMES = Type.Array(text(1000), { maxItems: 1000 });

/** A relay in an answer. */
export const RELAY: TSchema = named(
  "Relay",
  {
    database: Type.String({ description: "name in [databases]" }),
    state: Type.Union(
      ["starting", "working", "standby", "failing", "closed"].map((state) => Type.Literal(state)),
      { description: "standby: another relay works; failing: it tries again by itself" },
    ),
    error: Type.Optional(Type.String({ description: "why it fails" })),
    counts: Type.Object({ published: Type.Integer(), parked: Type.Integer() }),
  },
  "What a relay has done since the daemon started",
);

/** A producer in an answer. */
export const PRODUCER: TSchema = named(
  "Producer",
  {
    table: Type.String(),
    prefix: Type.String(),
    domain: Type.String(),
    model: Type.String(),
    guidColumns: NAMES,
    mask: NAMES,
  },
  "A table whose changes are events: docs/producers.md",
);

const PARKED = Type.Object({
  ...{ id: Type.Integer(), messageId: Type.String(), routingKey: Type.Optional(Type.String()) },
  ...{ madeAt: Type.String(), reason: Type.String() },
});

/** A database with its relay in an answer. */
export const OUTBOX: TSchema = named(
  "Outbox",
  {
    relay: Type.Unsafe<unknown>({ $ref: "Relay#" }),
    isInstalled: Type.Boolean({ description: "whether the database has an outbox" }),
    producers: Type.Array(Type.Unsafe<unknown>({ $ref: "Producer#" })),
    waiting: Type.Integer({ description: "events that wait for the relay" }),
    parked: Type.Array(PARKED, { description: "events that were put aside" }),
  },
  "What a database has to publish",
);

/** A producer that is to be installed. */
export const NEW_PRODUCER: TSchema = given({
  table: text(1000, "with its schema where it needs one"),
  prefix: Type.Optional(text(150, "begins the routing keys; default pylabs.event.sampleapp")),
  domain: Type.Optional(text(150, "default: the name of the database")),
  model: Type.Optional(text(150, "default: the name of the table")),
  guidColumns: Type.Optional(NAMES),
  mask: Type.Optional(NAMES),
  dryRun: Type.Optional(Type.Boolean({ description: "tell the SQL only" })),
});
