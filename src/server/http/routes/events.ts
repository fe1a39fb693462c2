import { Type } from "typebox";
import { checkEvent, EventLabels, newMessageId, parseBusUrls, readEvent } from "../../../amqp/index.ts";
import { XqbusError } from "../../../errors.ts";
import { fromJson, type Event } from "../../../event/index.ts";
import { eventWordOf, type Catalog } from "../../../schema/index.ts";
import { tagEvent } from "../../../tasklet/index.ts";
import type { PublishedEvent } from "../../api-client/index.ts";
import type { Caller } from "../caller.ts";
import { isTraceparent } from "../../../telemetry/index.ts";
import { forbiddenType, Refusal } from "../refusal.ts";
import { abortedWith } from "../request-signal.ts";
import type { RouteContext } from "../route-context.ts";
import { routingKeyOf } from "../routing-key.ts";
import { answer, given, named, refTo } from "../schemas/answers.ts";

const PUBLISHED = named(
  "PublishedEvent",
  { id: Type.String({ description: "the message id" }), type: Type.String(), subject: Type.String() },
  "An event that the bus has accepted",
);

const XML_TYPES = ["application/xml", "text/xml"];
const XML = { schema: Type.Any({ description: "an Event around exactly one event" }) };
const JSON_FORM = {
  schema: Type.Object({}, { additionalProperties: true, description: "the event by its name, as docs/json.md has it" }),
};
const TAGS_TYPE = "text/plain";
const TAGS = {
  schema: Type.String({ description: "lines of labels and tags, as docs/tasklets.md has them; sent as a TagEvent" }),
};
const BODY = {
  content: { "application/xml": XML, "text/xml": XML, "application/json": JSON_FORM, [TAGS_TYPE]: TAGS },
};

const QUERY = given({
  routingKey: Type.Optional(
    Type.String({
      maxLength: 255,
      description: "words with dots between; default: that of the event type. Text needs one",
    }),
  ),
});

const HEADERS = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({ pattern: "^[!-~]{1,128}$", description: "the message id, by which receivers know a repetition" }),
  ),
  traceparent: Type.Optional(
    Type.String({ maxLength: 256, description: "W3C trace context; one that is not valid is not looked at" }),
  ),
});

/** XML as bytes, the JSON form, or a tag string. */
type EventBody = Buffer | object | string;

interface EventRequest {
  readonly Body: EventBody;
  readonly Querystring: { readonly routingKey?: string };
  readonly Headers: { readonly "idempotency-key"?: string; readonly traceparent?: string };
}

/** Publishing: `POST /events`, and `POST /events/validate`, which sends nothing. */
export async function addEventRoutes({ app, parts, options, metrics }: RouteContext): Promise<void> {
  const { catalog, publisher } = parts;
  const [{ domain }] = parseBusUrls(parts.url);
  const labels = new EventLabels(domain);
  app.addSchema(PUBLISHED);
  const tags = ["events"];

  const allowedEvent = (
    body: EventBody | undefined,
    caller: Caller,
  ): { readonly event: Event; readonly type: string } => {
    if (body === undefined) throw new Refusal(400, "xqbus:illegal-argument", "the body is empty; expected an event");
    const event = eventOf(body, catalog);
    const type = eventWordOf(event, catalog.model);
    if (!caller.grants.allowsType("event:publish", type)) throw forbiddenType("event:publish", type);
    return { event, type };
  };

  // The parsers of XML are for these two paths only.
  await app.register(async (scope) => {
    scope.addContentTypeParser(XML_TYPES, { parseAs: "buffer" }, (_, body, done) => done(null, body));
    scope.addContentTypeParser(TAGS_TYPE, { parseAs: "buffer" }, async (_: unknown, body: Buffer) => textOf(body));
    scope.post<EventRequest>(
      "/events",
      {
        config: { access: "event:publish", isByType: true },
        schema: {
          summary: "Publish an event",
          description:
            "The answer comes once the bus has accepted it. All problems of an event that is not valid are told.",
          tags,
          querystring: QUERY,
          body: BODY,
          headers: HEADERS,
          response: { 202: answer("The bus has accepted the event", refTo("PublishedEvent")) },
        },
      },
      async ({ body, headers, query, caller }, reply): Promise<PublishedEvent> => {
        if (typeof body === "string" && query.routingKey === undefined) throw noKey();
        const { event, type } = allowedEvent(body, caller);
        const ownKey = labels.of(event, catalog).subject;
        const subject = routingKeyOf(query.routingKey, { domain, ownKey, catalog, caller });
        const { "idempotency-key": id = newMessageId(), traceparent } = headers;
        const ended = metrics.publishing(type);
        try {
          await publisher.sendEvent(event, {
            messageId: id,
            subject,
            timeoutMs: options.publishTimeoutMs,
            signal: abortedWith(reply),
            ...(isTraceparent(traceparent) ? { traceparent } : {}),
          });
          ended("accepted");
        } catch (error) {
          ended(error instanceof XqbusError ? error.code : "xqbus:internal");
          throw isFull(error) ? busy() : error;
        }
        void reply.code(202);
        return { id, type, subject };
      },
    );
    scope.post<EventRequest>(
      "/events/validate",
      {
        config: { access: "event:publish", isByType: true },
        schema: {
          summary: "Validate an event; nothing is sent",
          tags,
          body: BODY,
          response: { 200: answer("The event is valid", Type.Object({ type: Type.String() })) },
        },
      },
      async ({ body, caller }) => {
        const { event, type } = allowedEvent(body, caller);
        await checkEvent(event, catalog);
        return { type };
      },
    );
  });
}

function eventOf(body: EventBody, catalog: Catalog): Event {
  if (typeof body === "string") return tagEvent(body);
  return Buffer.isBuffer(body) ? readEvent(body, {}, catalog) : fromJson(body, catalog);
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    const message = "the body is text/plain, and not text in UTF-8";
    throw new XqbusError("xqbus:unsupported-encoding", message, { cause });
  }
}

function noKey(): Refusal {
  const message = "text/plain is a tag string, which needs the parameter routingKey: /events?routingKey=crm.lead";
  return new Refusal(400, "xqbus:illegal-argument", message);
}

/** Too many events without an answer; an event that is too large was refused before. */
function isFull(error: unknown): boolean {
  return error instanceof XqbusError && error.code === "xqbus:limit-exceeded";
}

function busy(): Refusal {
  return new Refusal(503, "xqbus:limit-exceeded", "too many events wait for the bus; try again later", {
    headers: { "retry-after": "1" },
  });
}
