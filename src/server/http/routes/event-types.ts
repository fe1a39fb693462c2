import { Type } from "typebox";
import type { EventTypeDetails, EventTypeSummary } from "../../api-client/index.ts";
import { eventWords } from "../../../schema/index.ts";
import { eventNamed } from "../event-named.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, items, named, refTo } from "../schemas/answers.ts";

const SUMMARY = { name: Type.String(), type: Type.String(), documentation: Type.String() };
const EVENT_TYPE = named("EventType", SUMMARY, "An event type");
const EVENT_TYPE_DETAILS = named(
  "EventTypeDetails",
  { ...SUMMARY, description: Type.Object({}, { additionalProperties: true, description: "fields and annotations" }) },
  "An event type with its fields",
);
const NAME_PARAMS = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 1000, description: "its name, or its annotation type" }),
});

interface WithName {
  readonly Params: { readonly name: string };
}

/** Event types of the catalog: `/event-types`. */
export function addEventTypeRoutes({ app, parts: { catalog } }: RouteContext): void {
  app.addSchema(EVENT_TYPE);
  app.addSchema(EVENT_TYPE_DETAILS);
  const tags = ["event types"];

  app.get(
    "/event-types",
    {
      config: { access: "event-type:read" },
      schema: {
        summary: "All event types",
        tags,
        response: { 200: answer("The event types", items(refTo("EventType"))) },
      },
    },
    (): { readonly items: readonly EventTypeSummary[] } => ({
      items: [...eventWords(catalog.model)].map(([name, type]) => ({
        name,
        type,
        documentation: catalog.describe(name).documentation,
      })),
    }),
  );
  app.get<WithName>(
    "/event-types/:name",
    {
      config: { access: "event-type:read" },
      schema: {
        summary: "An event type with its fields",
        tags,
        params: NAME_PARAMS,
        response: { 200: answer("The event type", refTo("EventTypeDetails")) },
      },
    },
    ({ params }): EventTypeDetails => {
      const name = eventNamed(params.name, catalog);
      const { documentation, ...described } = catalog.describe(name);
      const type = eventWords(catalog.model).get(name) ?? name;
      // Where the file lies concerns nobody.
      const description = { ...described, documentation, file: undefined };
      return { name, type, documentation, description };
    },
  );
  app.get<WithName & { Querystring: { readonly seed?: number } }>(
    "/event-types/:name/sample",
    {
      config: { access: "event-type:read" },
      schema: {
        summary: "A random valid event of this type",
        tags,
        params: NAME_PARAMS,
        querystring: given({
          seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "default 1" })),
        }),
        response: { 200: answer("The event", Type.Object({ name: Type.String(), document: Type.String() })) },
      },
    },
    ({ params, query }) => {
      const name = eventNamed(params.name, catalog);
      return { name, document: catalog.sample(name, query) };
    },
  );
}
