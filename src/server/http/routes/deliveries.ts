import { XqbusError } from "../../../errors.ts";
import { shown } from "../../../assert-option.ts";
import { unknownId, type DeliveryQuery, type DeliveryRecord } from "../../../listener/index.ts";
import type { Caller } from "../caller.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, ID_PARAMS, refTo } from "../schemas/answers.ts";
import { DELIVERIES, DELIVERY, DELIVERY_QUERY, EVENT_TRACE } from "../schemas/delivery.ts";
import { timelineOf } from "../../timeline.ts";
import { assertCovers, covers, typesCovered } from "../type-scopes.ts";

interface WithId {
  readonly Params: { readonly id: string };
}

/** The record of deliveries: `/deliveries`, and the trace of an event. */
export function addDeliveryRoutes({ app, parts }: RouteContext): void {
  const { listeners, catalog } = parts;
  app.addSchema(DELIVERY);
  app.addSchema(EVENT_TRACE);
  const tags = ["deliveries"];
  const one = answer("The delivery", refTo("Delivery"));

  const allowed = async (
    id: string,
    { grants }: Caller,
    scope: "delivery:read" | "delivery:write",
  ): Promise<DeliveryRecord> => {
    const delivery = await listeners.delivery(id);
    const act = { scope, seenWith: "delivery:read", missing: () => unknownId(id, "a delivery") } as const;
    assertCovers(grants, [delivery.eventType], act);
    return delivery;
  };

  app.get<{ Querystring: DeliveryQuery }>(
    "/deliveries",
    {
      config: { access: "delivery:read", isByType: true },
      schema: {
        summary: "Deliveries, the latest first",
        tags,
        querystring: DELIVERY_QUERY,
        response: { 200: answer("The deliveries", DELIVERIES) },
      },
    },
    async ({ query, caller }) => {
      const eventTypes = typesCovered(caller.grants, "delivery:read", catalog);
      return { items: await listeners.deliveries({ ...query, ...(eventTypes === undefined ? {} : { eventTypes }) }) };
    },
  );
  app.get<WithId>(
    "/deliveries/:id",
    {
      config: { access: "delivery:read", isByType: true },
      schema: { summary: "A delivery with its attempts", tags, params: ID_PARAMS, response: { 200: one } },
    },
    ({ params, caller }) => allowed(params.id, caller, "delivery:read"),
  );
  app.post<WithId>(
    "/deliveries/:id/retry",
    {
      config: { access: "delivery:write", isByType: true, audit: "delivery.retry" },
      schema: { summary: "Deliver again", tags, params: ID_PARAMS, response: { 200: one } },
    },
    async ({ params, caller }) => listeners.retry((await allowed(params.id, caller, "delivery:write")).id),
  );
  app.get<WithId>(
    "/events/:id/trace",
    {
      config: { access: "delivery:read", isByType: true },
      schema: {
        summary: "What became of an event",
        tags,
        params: ID_PARAMS,
        response: { 200: answer("The timeline", refTo("EventTrace")) },
      },
    },
    async ({ params, caller }) => {
      const { grants } = caller;
      const timeline = await timelineOf(params.id, parts, {
        isSeen: (eventType) => covers(grants, "delivery:read", eventType === undefined ? "all" : [eventType]),
        seesRuns: grants.allowsAll("action:read"),
      });
      if (timeline !== undefined) return timeline;
      const message = `no listener was told of an event ${shown(params.id)}, or that is longer ago than the record is kept, it is no dead letter, and in no archive`;
      throw new XqbusError("xqbus:unknown-name", message);
    },
  );
}
