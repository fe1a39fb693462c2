import { Readable } from "node:stream";
import { Type } from "typebox";
import {
  archiveEntry,
  backtest,
  checkArchive,
  type ArchivedEvent,
  type ArchiveEntry,
  type EntryForm,
} from "../../../archive/index.ts";
import type { Catalog } from "../../../schema/index.ts";
import {
  answered,
  archiveOf,
  CHOICE,
  compiled,
  failed,
  FORM,
  LIMIT,
  NDJSON,
  PROGRESS,
  QUERY,
  queryOf,
  viewOf,
  type Answering,
  type QueryRequest,
} from "../archive-requests.ts";
import { abortedWith } from "../request-signal.ts";
import type { RouteContext } from "../route-context.ts";
import { toldEvents, type Telling } from "../told-lines.ts";
import { answer, given, ID_PARAMS, items, text } from "../schemas/answers.ts";

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
/** The archive: `/archive`. */
export function addArchiveRoutes({ app, parts, options: http }: RouteContext): void {
  const { catalog } = parts;
  const tags = ["archive"];
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
      const archive = await archiveOf(parts);
      const query = queryOf(wanted, catalog);
      const options = { ...viewOf(request.caller, catalog), signal: abortedWith(reply) };
      const entries = (telling: Partial<Telling>): AsyncIterableIterator<ArchiveEntry> =>
        entriesOf(archive.query(query, { ...options, ...telling }), catalog, form);
      const lines = progress ? toldEvents(entries, failed(request, http)) : linesOf(entries({}));
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
      const found = (await (await archiveOf(parts)).get(params.id)).filter(({ type }) => allowsType(type));
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
    async ({ query }) => (await archiveOf(parts)).explain(queryOf(query, catalog)),
  );
  app.get(
    "/archive/stats",
    {
      config: { access: "archive:read" },
      schema: { summary: "What is in the archive", tags, response: { 200: answer("The counts", STATS) } },
    },
    async () => (await archiveOf(parts)).stats(),
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
      const archive = await archiveOf(parts);
      return answered({ request, reply, options: http }, progress, async (options) => ({
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
      const archive = await archiveOf(parts);
      const entry = (event: ArchivedEvent): ArchiveEntry => archiveEntry(event, catalog, form);
      return answered({ request, reply, options: http }, progress, async (options) => {
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
