import { Type } from "typebox";
import { compileFilter } from "../../../filter/index.ts";
import { eventWords } from "../../../schema/index.ts";
import { eventNamed } from "../event-named.ts";
import { EventStream } from "../live/event-stream.ts";
import { forbiddenType, Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, text } from "../schemas/answers.ts";

interface StreamRequest {
  readonly Querystring: { readonly xquery?: string; readonly type?: readonly string[] };
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  // Proxies must not collect it.
  "x-accel-buffering": "no",
} as const;

/** `GET /events/stream`: events as they come, as server-sent events. */
export function addEventStreamRoute({
  app,
  parts: { catalog },
  access,
  options,
  liveTail,
  metrics,
}: RouteContext): void {
  const streamsOf = new Map<string, number>();
  metrics.countStreams(() => liveTail.size);

  app.get<StreamRequest>(
    "/events/stream",
    {
      config: { access: "event:consume", isByType: true },
      exposeHeadRoute: false,
      schema: {
        summary: "Events as they come",
        description:
          "Server-sent events: data is { id, type, subject, time, event }, with the event in its JSON form, values of sensitive fields masked. " +
          "Filters see the masked event. A reader that is too slow gets an event `dropped` with the count of what it has missed.",
        tags: ["events"],
        querystring: given({
          xquery: Type.Optional(text(64 * 1024, "a filter")),
          type: Type.Optional(
            Type.Array(text(1000), { maxItems: 100, description: "event types, by annotation type or name" }),
          ),
        }),
        response: { 200: answer("A stream of events", Type.String(), "text/event-stream") },
      },
    },
    async ({ query, caller }, reply) => {
      const words = eventWords(catalog.model);
      const types = query.type?.map((name) => words.get(eventNamed(name, catalog)) ?? name);
      const refused = types?.find((type) => !caller.grants.allowsType("event:consume", type));
      if (refused !== undefined) throw forbiddenType("event:consume", refused);
      const filter = query.xquery === undefined ? undefined : compileFilter(query.xquery, { catalog });
      const own = streamsOf.get(caller.id) ?? 0;
      if (liveTail.size >= options.maxStreams || own >= options.maxStreamsPerKey) {
        throw new Refusal(
          429,
          "xqbus:too-many-requests",
          `there are ${own} live tails of this API key already, and ${liveTail.size} in all`,
          {
            headers: { "retry-after": "10" },
          },
        );
      }
      streamsOf.set(caller.id, own + 1);
      const forget = (): void => {
        const left = (streamsOf.get(caller.id) ?? 1) - 1;
        if (left === 0) streamsOf.delete(caller.id);
        else streamsOf.set(caller.id, left);
      };
      const seat = await liveTail.reserve().catch((error: unknown) => {
        forget();
        throw error;
      });
      const endReason = (): string | undefined =>
        options.auth === "none" || access.key(caller.id) !== undefined ? undefined : "the API key was deleted";
      reply.hijack();
      reply.raw.writeHead(200, HEADERS);
      const stream = new EventStream(reply.raw, {
        maxBytes: options.maxStreamBytes,
        heartbeatMs: options.heartbeatMs,
        endReason,
        onEnd: () => {
          seat.leave();
          forget();
        },
      });
      seat.watch({
        filter,
        wants: (type) =>
          (types === undefined || types.includes(type)) && caller.grants.allowsType("event:consume", type),
        endReason,
        send: (record) => void stream.send(record),
        end: (reason) => stream.end(reason),
      });
    },
  );
}
