import { Type } from "typebox";
import { unknownId, type DeliveryQuery, type Listener, type ListenerInput } from "../../../listener/index.ts";
import type { Caller } from "../caller.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, ID_PARAMS, items, refTo, text } from "../schemas/answers.ts";
import { DELIVERIES, LISTENER_DELIVERY_QUERY } from "../schemas/delivery.ts";
import { LISTENER, LISTENER_CHANGE, LISTENER_INPUT, LISTENER_TEST } from "../schemas/listener.ts";
import { abortedWith } from "../request-signal.ts";
import { assertCovers, assertMayListen, covers, typesCovered, typesOfListener } from "../type-scopes.ts";

interface WithId {
  readonly Params: { readonly id: string };
}

/** Listeners: `/listeners`. */
export function addListenerRoutes({ app, parts: { listeners, catalog } }: RouteContext): void {
  app.addSchema(LISTENER);
  app.addSchema(LISTENER_TEST);
  const tags = ["listeners"];
  const one = answer("The listener", refTo("Listener"));

  const allowed = (id: string, { grants }: Caller, scope: "listener:read" | "listener:write"): Listener => {
    const listener = listeners.get(id);
    const act = { scope, seenWith: "listener:read", missing: () => unknownId(id, "a listener") } as const;
    assertCovers(grants, typesOfListener(listener.eventTypes, catalog), act);
    return listener;
  };
  const assertTypesFor =
    ({ grants }: Caller) =>
    (eventTypes: readonly string[]): void =>
      assertMayListen(grants, eventTypes, catalog);

  app.get(
    "/listeners",
    {
      config: { access: "listener:read", isByType: true },
      schema: { summary: "All listeners", tags, response: { 200: answer("The listeners", items(refTo("Listener"))) } },
    },
    ({ caller: { grants } }) => {
      const all = listeners.list();
      if (grants.allowsAll("listener:read")) return { items: all };
      return {
        items: all.filter(({ eventTypes }) => covers(grants, "listener:read", typesOfListener(eventTypes, catalog))),
      };
    },
  );
  app.get<WithId>(
    "/listeners/:id",
    {
      config: { access: "listener:read", isByType: true },
      schema: { summary: "A listener", tags, params: ID_PARAMS, response: { 200: one } },
    },
    ({ params, caller }) => allowed(params.id, caller, "listener:read"),
  );
  app.post<{ Body: ListenerInput }>(
    "/listeners",
    {
      config: { access: "listener:write", isByType: true, audit: "listener.create" },
      schema: {
        summary: "Make a listener",
        description: "A scope that is limited to event types takes a listener that names types of these only.",
        tags,
        body: LISTENER_INPUT,
        response: { 201: one },
      },
    },
    async (request, reply) => {
      request.auditFacts = { details: factsOf(request.body) };
      const listener = await listeners.create(request.body, { assertTypes: assertTypesFor(request.caller) });
      request.auditFacts = { target: listener.id, details: factsOf(request.body) };
      void reply.code(201).header("location", `listeners/${listener.id}`);
      return listener;
    },
  );
  app.patch<WithId & { Body: Partial<ListenerInput> }>(
    "/listeners/:id",
    {
      config: { access: "listener:write", isByType: true, audit: "listener.update" },
      schema: { summary: "Change a listener", tags, params: ID_PARAMS, body: LISTENER_CHANGE, response: { 200: one } },
    },
    (request) => {
      request.auditFacts = { details: factsOf(request.body) };
      const { id } = allowed(request.params.id, request.caller, "listener:write");
      return listeners.update(id, request.body, { assertTypes: assertTypesFor(request.caller) });
    },
  );
  app.delete<WithId & { Querystring: { readonly dryRun?: boolean } }>(
    "/listeners/:id",
    {
      config: { access: "listener:write", isByType: true, audit: "listener.delete" },
      schema: {
        summary: "Delete a listener with what waits",
        tags,
        params: ID_PARAMS,
        querystring: given({ dryRun: Type.Optional(Type.Boolean()) }),
        response: { 200: answer("How many deliveries waited", Type.Object({ waiting: Type.Integer() })) },
      },
    },
    async (request) => {
      const { dryRun = false } = request.query;
      request.auditFacts = { isNoChange: dryRun };
      const { id } = allowed(request.params.id, request.caller, "listener:write");
      const deleted = await listeners.delete(id, { dryRun });
      request.auditFacts = { isNoChange: dryRun, details: { ...deleted } };
      return deleted;
    },
  );
  for (const verb of ["pause", "resume"] as const) {
    app.post<WithId>(
      `/listeners/:id/${verb}`,
      {
        config: { access: "listener:write", isByType: true, audit: `listener.${verb}` },
        schema: {
          summary: `${verb === "pause" ? "Pause" : "Resume"} a listener`,
          tags,
          params: ID_PARAMS,
          response: { 200: one },
        },
      },
      ({ params, caller }) => listeners[verb](allowed(params.id, caller, "listener:write").id),
    );
  }
  app.post<WithId & { Body: { readonly eventType?: string } }>(
    "/listeners/:id/test",
    {
      config: { access: "listener:write", isByType: true, audit: "listener.test" },
      // No body is as good as an empty one.
      preValidation: async (request) => void (request.body ??= {}),
      schema: {
        summary: "Send a sample of an event that it wants",
        tags,
        params: ID_PARAMS,
        body: given({ eventType: Type.Optional(text(1000)) }),
        response: { 200: answer("What came of it", refTo("ListenerTest")) },
      },
    },
    ({ params, body, caller }, reply) => {
      const { id } = allowed(params.id, caller, "listener:write");
      return listeners.test(id, { ...body, signal: abortedWith(reply) });
    },
  );
  app.get<WithId & { Querystring: Omit<DeliveryQuery, "listener"> }>(
    "/listeners/:id/deliveries",
    {
      config: { access: "delivery:read", isByType: true },
      schema: {
        summary: "Deliveries of a listener, the latest first",
        tags,
        params: ID_PARAMS,
        querystring: LISTENER_DELIVERY_QUERY,
        response: { 200: answer("The deliveries", DELIVERIES) },
      },
    },
    async ({ params, query, caller }) => {
      const { id: listener } = listeners.get(params.id);
      const eventTypes = typesCovered(caller.grants, "delivery:read", catalog);
      const limits = eventTypes === undefined ? {} : { eventTypes };
      return { items: await listeners.deliveries({ ...query, listener, ...limits }) };
    },
  );
}

/** What the audit log has of a listener: no configuration, which may have secrets. */
function factsOf({ name, notifier, eventTypes, config }: Partial<ListenerInput>): Readonly<Record<string, unknown>> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(notifier === undefined ? {} : { notifier }),
    ...(eventTypes === undefined ? {} : { eventTypes }),
    ...(config === undefined ? {} : { configFields: Object.keys(config) }),
  };
}
