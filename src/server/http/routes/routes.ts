import { Type } from "typebox";
import type { RouteInput, Router, WaitingQuery } from "../../../router/index.ts";
import { Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, pages, refTo } from "../schemas/answers.ts";
import {
  DISCARDED_EVENT,
  NEW_ROUTE,
  ROUTE,
  ROUTE_CHANGE,
  ROUTE_END,
  WAITING_EVENT,
  WAITING_PAGE,
  WAITING_QUERY,
} from "../schemas/route.ts";

interface OfRoute {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly dryRun?: boolean };
}

interface OfWaiting {
  readonly Params: { readonly id: string; readonly event: number };
  readonly Querystring: OfRoute["Querystring"];
}

const NAME = { id: Type.String({ minLength: 1, maxLength: 150, description: "name of the route" }) };
const PARAMS = Type.Object(NAME);
const EVENT_PARAMS = Type.Object({
  ...NAME,
  event: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "id of an event that waits" }),
});
const AFTER = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 150, description: "name of the last route of the page before" })),
});
const QUERY = Type.Object({ dryRun: Type.Optional(Type.Boolean({ description: "change nothing" })) });

/** Subscriptions of the router: `/routes`. The id is the name. */
export function addRouteRoutes({ app, parts }: RouteContext): void {
  app.addSchema(ROUTE);
  app.addSchema(WAITING_EVENT);
  const tags = ["routes"];
  const read = { access: "subscription:read" } as const;
  const router = (): Router => {
    if (parts.router !== undefined) return parts.router;
    const hint = "it needs [broker] url of another broker and [storage] url";
    throw new Refusal(404, "xqbus:resource-not-found", `this daemon has no router; ${hint}`);
  };

  app.get<{ Querystring: { readonly after?: string } }>(
    "/routes",
    {
      config: read,
      schema: {
        ...{ summary: "Routes, by their names", tags, querystring: AFTER },
        response: { 200: answer("The routes", pages(refTo("Route"), "there are more: after of the next page")) },
      },
    },
    async ({ query: { after } }) => router().page(after),
  );
  app.get<Pick<OfRoute, "Params">>(
    "/routes/:id",
    {
      config: read,
      schema: { summary: "A route", tags, params: PARAMS, response: { 200: answer("The route", refTo("Route")) } },
    },
    async ({ params: { id } }) => router().get(id),
  );
  app.put<OfRoute & { Body: RouteInput }>(
    "/routes/:id",
    {
      config: { access: "subscription:write", audit: "route.put" },
      schema: {
        ...{
          summary: "Make a route, or change what it wants",
          tags,
          params: PARAMS,
          querystring: QUERY,
          body: NEW_ROUTE,
        },
        response: { 200: answer("What was done", ROUTE_CHANGE) },
      },
    },
    async (request) => {
      const { params, query, body } = request;
      const { dryRun = false } = query;
      request.auditFacts = { target: params.id, isNoChange: dryRun, details: { ...body } };
      return router().put(params.id, body, { dryRun });
    },
  );
  app.delete<OfRoute>(
    "/routes/:id",
    {
      config: { access: "subscription:write", audit: "route.delete" },
      schema: {
        ...{ summary: "End a route, and throw away what waits for it", tags, params: PARAMS, querystring: QUERY },
        response: { 200: answer("What was thrown away, or would be", ROUTE_END) },
      },
    },
    async (request) => {
      const { dryRun = false } = request.query;
      request.auditFacts = { target: request.params.id, isNoChange: dryRun };
      return router().delete(request.params.id, { dryRun });
    },
  );

  app.get<Pick<OfRoute, "Params"> & { Querystring: WaitingQuery }>(
    "/routes/:id/waiting",
    {
      config: read,
      schema: {
        ...{ summary: "Events that wait because the queue does not take them, the oldest first", tags },
        ...{ params: PARAMS, querystring: WAITING_QUERY },
        response: { 200: answer("The events, without their bodies", WAITING_PAGE) },
      },
    },
    async ({ params: { id }, query }) => router().waiting(id, query),
  );
  app.delete<OfWaiting>(
    "/routes/:id/waiting/:event",
    {
      config: { access: "subscription:write", audit: "route.discard" },
      schema: {
        ...{ summary: "Throw away one event that waits", tags, params: EVENT_PARAMS, querystring: QUERY },
        description: "Those behind it go on. One that is about to be sent may still reach the queue.",
        response: { 200: answer("What was thrown away, or would be", DISCARDED_EVENT) },
      },
    },
    async (request) => {
      const { id, event } = request.params;
      const { dryRun = false } = request.query;
      const facts = { target: id, isNoChange: dryRun };
      request.auditFacts = { ...facts, details: { event } };
      const discarded = await router().discard(id, event, { dryRun });
      request.auditFacts = { ...facts, details: { event, messageId: discarded.messageId ?? null } };
      return discarded;
    },
  );
}
