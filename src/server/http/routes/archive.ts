import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  archiveEntry,
  backtest,
  checkArchive,
  replayToBus,
  type Archive,
  type ArchivedEvent,
  type ArchiveEntry,
  type ArchiveQuery,
  type EntryForm,
  type QueryOptions,
} from "../../../archive/index.ts";
import { urlsOfDomain } from "../../../amqp/index.ts";
import { maskSensitive } from "../../../event/index.ts";
import { compileFilter, type Filter } from "../../../filter/index.ts";
import type { Catalog } from "../../../schema/index.ts";
import type { Caller } from "../caller.ts";
import { loggedProblem } from "../error-answers.ts";
import type { Problem } from "../problem.ts";
import { Refusal } from "../refusal.ts";
import { abortedWith } from "../request-signal.ts";
import type { RouteContext } from "../route-context.ts";
import { toldEvents, toldResult, type Telling } from "../told-lines.ts";
import { answer, given, ID_PARAMS, items, text, time } from "../schemas/answers.ts";

interface QueryRequest {
  readonly since?: number;
  readonly until?: number;
  readonly type?: readonly string[];
  readonly routingKey?: string;
  readonly xquery?: string;
  readonly after?: number;
  readonly limit?: number;
}

/** How the answer is given. */
interface Answering {
  readonly form?: EntryForm;
  readonly progress?: boolean;
}

interface ReplayRequest extends QueryRequest, Pick<Answering, "progress"> {
  readonly to: string;
  readonly dryRun?: boolean;
  readonly speed?: number;
  readonly rate?: string;
}

const NDJSON = "application/x-ndjson; charset=utf-8";
const COUNT = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const LIMIT = Type.Optional(Type.Integer({ ...COUNT, description: "events at most" }));
const CHOICE = {
  since: Type.Optional(time("sent at this time or later")),
  until: Type.Optional(time("sent before this time")),
  type: Type.Optional(Type.Array(text(1000), { maxItems: 100, description: "event types" })),
  routingKey: Type.Optional(text(500, "a pattern: * is a word, # any number of them")),
  after: Type.Optional(Type.Integer({ ...COUNT, description: "behind the event with this number" })),
};
const QUERY = { ...CHOICE, xquery: Type.Optional(text(64 * 1024, "a filter")), limit: LIMIT };
const FORM = Type.Optional(
  Type.Unsafe<EntryForm>({
    type: "string",
    enum: ["json", "xml", "none"],
    description: "of the documents; default json",
  }),
);
const PROGRESS = Type.Optional(
  Type.Boolean({
    description: "answer with NDJSON: lines of progress and warnings, and the result or the problem last",
  }),
);
const STATS = Type.Object({}, { additionalProperties: true, description: "events, bytes, first, last, types" });
const COUNTED = { events: Type.Integer(), invalid: Type.Integer() };
const PROBLEM = Type.Object({ number: Type.Integer(), id: Type.Optional(Type.String()), problem: Type.String() });
const CHECKED = items(Type.Object({ type: Type.String(), ...COUNTED, problems: Type.Array(PROBLEM) }));
const ENTRY = Type.Object({}, { additionalProperties: true, description: "as a line of GET /archive/events" });
const BACKTEST = Type.Object({
  ...{ matched: Type.Integer(), looked: Type.Integer(), filterErrors: Type.Integer(), hits: Type.Array(ENTRY) },
  nearMisses: Type.Array(
    Type.Object(
      { event: ENTRY, explanation: Type.Object({}, { additionalProperties: true }) },
      { description: "nearest first" },
    ),
  ),
});
const PLAN = Type.Object({}, { additionalProperties: true, description: "implied, sql, parameters, plan" });
const REPLAYED = Type.Object({ matched: Type.Integer(), sent: Type.Integer() });

/** The archive: `/archive`. */
export function addArchiveRoutes({ app, parts, options: { log } }: RouteContext): void {
  const { catalog } = parts;
  const tags = ["archive"];
  const opened = async (): Promise<Archive> => {
    if (parts.archive !== undefined) return parts.archive.archive();
    throw new Refusal(
      404,
      "xqbus:unknown-name",
      "this daemon has no archive; [archive] of its configuration makes one",
    );
  };

  const failed =
    (request: FastifyRequest) =>
    (error: unknown): Problem =>
      loggedProblem(error, request, log);
  /** At once, or with lines of progress before. */
  const answered = async <T>(
    request: FastifyRequest,
    reply: FastifyReply,
    hasProgress: boolean | undefined,
    work: (options: Partial<Telling> & { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T | FastifyReply> => {
    const signal = abortedWith(reply);
    if (hasProgress !== true) return work({ signal });
    const lines = toldResult((telling) => work({ ...telling, signal }), failed(request));
    return reply.type(NDJSON).send(Readable.from(lines));
  };

  app.get<{ Querystring: QueryRequest & Answering }>(
    "/archive/events",
    {
      config: { access: "archive:read", isByType: true },
      exposeHeadRoute: false,
      schema: {
        summary: "Archived events, in the order of their arrival",
        description:
          "One JSON object a line; values of sensitive fields are masked, and filters see the masked event. With progress each has a property event.",
        tags,
        querystring: given({ ...QUERY, form: FORM, progress: PROGRESS }),
        response: { 200: answer("The events", Type.String(), "application/x-ndjson") },
      },
    },
    async (request, reply) => {
      const { form, progress = false, ...wanted } = request.query;
      const archive = await opened();
      const query = queryOf(wanted, catalog);
      const options = { ...viewOf(request.caller, catalog), signal: abortedWith(reply) };
      const entries = (telling: Partial<Telling>): AsyncIterableIterator<ArchiveEntry> =>
        entriesOf(archive.query(query, { ...options, ...telling }), catalog, form);
      const lines = progress ? toldEvents(entries, failed(request)) : linesOf(entries({}));
      return reply.type(NDJSON).send(Readable.from(lines));
    },
  );
  app.get<{ Params: { readonly id: string }; Querystring: Pick<Answering, "form"> }>(
    "/archive/events/:id",
    {
      config: { access: "archive:read", isByType: true },
      schema: {
        summary: "The archived events with a message id, or the one with a number: #12",
        tags,
        params: ID_PARAMS,
        querystring: given({ form: FORM }),
        response: { 200: answer("The events; none when there is none", items(ENTRY)) },
      },
    },
    async ({ params, query, caller }) => {
      const { allowsType } = viewOf(caller, catalog);
      const found = (await (await opened()).get(params.id)).filter(({ type }) => allowsType(type));
      return { items: found.map((event) => archiveEntry(event, catalog, query.form)) };
    },
  );
  app.get<{ Querystring: QueryRequest }>(
    "/archive/plan",
    {
      config: { access: "archive:read" },
      schema: {
        summary: "What the database is asked for a query, and how it goes about it",
        tags,
        querystring: given(QUERY),
        response: { 200: answer("Conditions, SQL and plan", PLAN) },
      },
    },
    async ({ query }) => (await opened()).explain(queryOf(query, catalog)),
  );
  app.get(
    "/archive/stats",
    {
      config: { access: "archive:read" },
      schema: { summary: "What is in the archive", tags, response: { 200: answer("The counts", STATS) } },
    },
    async () => (await opened()).stats(),
  );
  app.post<{ Body: QueryRequest & Pick<Answering, "progress"> }>(
    "/archive/check",
    {
      config: { access: "archive:read", isByType: true },
      schema: {
        summary: "How many archived events would not be valid now, by type",
        tags,
        body: given({ ...CHOICE, limit: LIMIT, progress: PROGRESS }),
        response: { 200: answer("What was found, with the first problems", CHECKED) },
      },
    },
    async (request, reply) => {
      const { progress, ...query } = request.body;
      const { allowsType } = viewOf(request.caller, catalog);
      const archive = await opened();
      return answered(request, reply, progress, async (options) => ({
        items: await checkArchive(archive, catalog, queryOf(query, catalog), { ...options, allowsType }),
      }));
    },
  );
  app.post<{ Body: Omit<QueryRequest, "limit"> & Answering & { readonly xquery: string } }>(
    "/archive/backtest",
    {
      config: { access: "archive:read", isByType: true },
      schema: {
        summary: "Which archived events a filter would have matched, and which nearly",
        description: "Five of each. Values of sensitive fields are masked, and the filter sees the masked event.",
        tags,
        body: given({ ...CHOICE, xquery: text(64 * 1024, "the filter"), form: FORM, progress: PROGRESS }),
        response: { 200: answer("What the filter would have done", BACKTEST) },
      },
    },
    async (request, reply) => {
      const { form, progress, xquery, ...rest } = request.body;
      const filter = compiled(xquery, catalog);
      const archive = await opened();
      const entry = (event: ArchivedEvent): ArchiveEntry => archiveEntry(event, catalog, form);
      return answered(request, reply, progress, async (options) => {
        const view = { ...viewOf(request.caller, catalog), ...options };
        const { hits, nearMisses, ...counts } = await backtest(archive, filter, queryOf(rest, catalog), view);
        return {
          ...counts,
          hits: hits.map(entry),
          nearMisses: nearMisses.map(({ event, explanation }) => ({ event: entry(event), explanation })),
        };
      });
    },
  );
  app.post<{ Body: ReplayRequest }>(
    "/archive/replay",
    {
      config: { access: "archive:replay", isByType: true, audit: "archive.replay" },
      schema: {
        summary: "Send archived events once more",
        description: "With their message ids, and the application property xqbus_replayed.",
        tags,
        body: given({
          ...QUERY,
          to: Type.String({ minLength: 1, maxLength: 500, description: "address on the bus: a topic or a queue" }),
          dryRun: Type.Optional(Type.Boolean({ description: "count only" })),
          speed: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: "1: as the events came" })),
          rate: Type.Optional(text(100, "events at most: 100/s, 600/min")),
          progress: PROGRESS,
        }),
        response: { 200: answer("What was sent", REPLAYED) },
      },
    },
    async (request, reply) => {
      const { to, dryRun = false, speed, rate, progress, ...wanted } = request.body;
      const query = queryOf(wanted, catalog);
      request.auditFacts = { isNoChange: dryRun, details: { to, ...wanted } };
      const [url = ""] = urlsOfDomain(parts.url, encodeURIComponent(to));
      const archive = await opened();
      return answered(request, reply, progress, (options) =>
        replayToBus(archive, query, url, {
          ...{ ...options, connect: parts.connect ?? {}, dryRun },
          ...(speed === undefined ? {} : { speed }),
          ...(rate === undefined ? {} : { rate }),
          allowsType: (type) => request.caller.grants.allowsType("archive:replay", type),
        }),
      );
    },
  );
}

function queryOf({ type, xquery, ...query }: QueryRequest, catalog: Catalog): ArchiveQuery {
  return {
    ...query,
    ...(type === undefined ? {} : { types: type }),
    ...(xquery === undefined ? {} : { filter: compiled(xquery, catalog) }),
  };
}

/** What is hidden cannot be asked for. */
function viewOf({ grants }: Caller, catalog: Catalog): Pick<Required<QueryOptions>, "view" | "allowsType"> {
  return {
    view: (event) => maskSensitive(event, catalog),
    allowsType: (type) => grants.allowsType("archive:read", type),
  };
}

/** Events may be there whose type the catalog does not have any more. */
function compiled(xquery: string, catalog: Catalog): Filter {
  return compileFilter(xquery, { catalog, onCatalogProblem: "warning" });
}

async function* entriesOf(
  events: AsyncIterable<ArchivedEvent>,
  catalog: Catalog,
  form: EntryForm | undefined,
): AsyncIterableIterator<ArchiveEntry> {
  for await (const event of events) yield archiveEntry(event, catalog, form);
}

async function* linesOf(entries: AsyncIterable<ArchiveEntry>): AsyncIterable<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}
