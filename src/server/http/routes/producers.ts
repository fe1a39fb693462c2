import { Type } from "typebox";
import {
  installProducer,
  producerState,
  retryParked,
  uninstallProducer,
  type ProducerOptions,
  type Relays,
} from "../../../producer/index.ts";
import { Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, ID_PARAMS, items, refTo } from "../schemas/answers.ts";
import { NEW_PRODUCER, OUTBOX, PRODUCER, RELAY } from "../schemas/producer.ts";

interface OfDatabase {
  readonly Params: { readonly id: string };
}

interface OfTable {
  readonly Params: { readonly id: string; readonly table: string };
  readonly Querystring: { readonly discard?: boolean; readonly dryRun?: boolean };
}

const DRY = { dryRun: Type.Optional(Type.Boolean({ description: "change nothing" })) };
const STATEMENTS = Type.Array(Type.String(), { description: "SQL, in one transaction" });

/** Relays of the daemon, and the producers of their databases: `/producers`. The id is the name in `[databases]`. */
export function addProducerRoutes({ app, parts }: RouteContext): void {
  for (const schema of [RELAY, PRODUCER, OUTBOX]) app.addSchema(schema);
  const tags = ["producers"];
  const params = ID_PARAMS;
  const read = { access: "producer:read" } as const;
  const relays = (): Relays => {
    if (parts.relays !== undefined) return parts.relays;
    const hint = "[producer] databases of its configuration names databases with an outbox";
    throw new Refusal(404, "xqbus:resource-not-found", `this daemon has no relay; ${hint}`);
  };

  app.get(
    "/producers",
    {
      config: read,
      schema: { summary: "All relays", tags, response: { 200: answer("The relays", items(refTo("Relay"))) } },
    },
    async () => ({ items: relays().list() }),
  );
  app.get<OfDatabase>(
    "/producers/:id",
    {
      config: read,
      schema: {
        ...{ summary: "A database: its relay, its producers, what waits and what is parked", tags, params },
        response: { 200: answer("The database", refTo("Outbox")) },
      },
    },
    async ({ params: { id } }) => ({ relay: relays().report(id), ...(await relays().use(id, producerState)) }),
  );
  app.post<OfDatabase & { Body: ProducerOptions & { readonly dryRun?: boolean } }>(
    "/producers/:id/tables",
    {
      config: { access: "producer:write", audit: "producer.install" },
      schema: {
        summary: "Let changes of a table become events",
        description: "Again, it takes the place of what was there.",
        ...{ tags, params, body: NEW_PRODUCER },
        response: {
          200: answer("The producer", Type.Object({ producer: refTo("Producer"), statements: STATEMENTS })),
        },
      },
    },
    async (request) => {
      const { dryRun = false, ...producer } = request.body;
      request.auditFacts = { isNoChange: dryRun, details: { database: request.params.id, ...producer } };
      return relays().use(request.params.id, (database) => installProducer(database, producer, dryRun));
    },
  );
  app.delete<OfTable>(
    "/producers/:id/tables/:table",
    {
      config: { access: "producer:write", audit: "producer.uninstall" },
      schema: {
        summary: "Take a producer away; with the last one the outbox",
        tags,
        params: Type.Object({
          id: Type.String({ minLength: 1, maxLength: 256 }),
          table: Type.String({ minLength: 1, maxLength: 1000 }),
        }),
        querystring: Type.Object({
          discard: Type.Optional(Type.Boolean({ description: "also where events are in the outbox: they are lost" })),
          ...DRY,
        }),
        response: {
          200: answer(
            "What was taken away",
            Type.Object({
              ...{
                producers: Type.Array(Type.String()),
                isAll: Type.Boolean(),
                hadOutbox: Type.Boolean(),
                lostEvents: Type.Integer(),
              },
              statements: STATEMENTS,
            }),
          ),
        },
      },
    },
    async (request) => {
      const { id, table } = request.params;
      const { discard = false, dryRun: isDryRun = false } = request.query;
      request.auditFacts = { isNoChange: isDryRun, details: { database: id, table, discard } };
      return relays().use(id, (database) => uninstallProducer(database, table, { discard, isDryRun }));
    },
  );
  app.post<OfDatabase & { Querystring: { readonly dryRun?: boolean } }>(
    "/producers/:id/retry",
    {
      config: { access: "producer:write", audit: "producer.retry" },
      schema: {
        ...{ summary: "Let the relay try parked events again", tags, params, querystring: Type.Object(DRY) },
        response: { 200: answer("How many", Type.Object({ events: Type.Integer() })) },
      },
    },
    async (request) => {
      const { dryRun: isNoChange = false } = request.query;
      request.auditFacts = { isNoChange };
      const events = await relays().use(request.params.id, async (database) =>
        isNoChange ? (await producerState(database)).parked.length : retryParked(database),
      );
      return { events };
    },
  );
}
