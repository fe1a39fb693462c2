import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type, type TProperties, type TSchema } from "typebox";
import {
  maskArchived,
  type Archive,
  type ArchiveQuery,
  type EntryForm,
  type QueryOptions,
} from "../../archive/index.ts";
import { compileFilter, type Filter } from "../../filter/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { EventScope } from "../access/index.ts";
import { CALLER_FILTER_BUDGET } from "../filter-budget.ts";
import type { Caller } from "./caller.ts";
import { loggedProblem } from "./error-answers.ts";
import type { Problem } from "./problem.ts";
import { Refusal } from "./refusal.ts";
import { abortedWith } from "./request-signal.ts";
import type { RouteContext } from "./route-context.ts";
import { text, time } from "./schemas/answers.ts";
import { toldResult, type Telling } from "./told-lines.ts";

/** Which archived events a request means. */
export interface QueryRequest {
  readonly since?: number;
  readonly until?: number;
  readonly type?: readonly string[];
  readonly routingKey?: string;
  readonly xquery?: string;
  readonly after?: number;
  readonly limit?: number;
}

/** How the answer is given. */
export interface Answering {
  readonly form?: EntryForm;
  readonly progress?: boolean;
}

/** Media type of answers that are told line by line. */
export const NDJSON = "application/x-ndjson; charset=utf-8";

const COUNT = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
export const LIMIT: TSchema = Type.Optional(Type.Integer({ ...COUNT, description: "events at most" }));
/** Properties of a {@link QueryRequest} but filter and limit. */
export const CHOICE: TProperties = {
  since: Type.Optional(time("sent at this time or later")),
  until: Type.Optional(time("sent before this time")),
  type: Type.Optional(Type.Array(text(1000), { maxItems: 100, description: "event types" })),
  routingKey: Type.Optional(text(500, "a pattern: * is a word, # any number of them")),
  after: Type.Optional(Type.Integer({ ...COUNT, description: "behind the event with this number" })),
};
/** All properties of a {@link QueryRequest}. */
export const QUERY: TProperties = { ...CHOICE, xquery: Type.Optional(text(64 * 1024, "a filter")), limit: LIMIT };
export const FORM: TSchema = Type.Optional(
  Type.Unsafe<EntryForm>({
    type: "string",
    enum: ["json", "xml", "none"],
    description: "of the documents; default json",
  }),
);
export const PROGRESS: TSchema = Type.Optional(
  Type.Boolean({
    description: "answer with NDJSON: lines of progress and warnings, and the result or the problem last",
  }),
);

/** The archive of the daemon. @throws Refusal 404 when it has none */
export async function archiveOf({ archive }: RouteContext["parts"]): Promise<Archive> {
  if (archive !== undefined) return archive.archive();
  throw new Refusal(404, "xqbus:unknown-name", "this daemon has no archive; [archive] of its configuration makes one");
}

/** What a request means, in terms of the archive. @throws FilterError */
export function queryOf({ type, xquery, ...query }: QueryRequest, catalog: Catalog): ArchiveQuery {
  return {
    ...query,
    ...(type === undefined ? {} : { types: type }),
    ...(xquery === undefined ? {} : { filter: compiled(xquery, catalog) }),
  };
}

/** Events may be there whose type the catalog does not have any more. */
export function compiled(xquery: string, catalog: Catalog): Filter {
  return compileFilter(xquery, { catalog, onCatalogProblem: "warning", budget: CALLER_FILTER_BUDGET });
}

/** What a caller may see of the events; what is hidden cannot be asked for. */
export function viewOf(
  { grants }: Caller,
  catalog: Catalog,
  scope: EventScope = "archive:read",
): Pick<Required<QueryOptions>, "view" | "allowsType"> {
  return {
    view: (event, archived) => maskArchived(event, archived, catalog),
    allowsType: (type) => grants.allowsType(scope, type),
  };
}

/** How a failed request is told in the lines of its answer. */
export function failed(request: FastifyRequest, { log }: RouteContext["options"]): (error: unknown) => Problem {
  return (error) => loggedProblem(error, request, log);
}

/** Work that is answered at once, or with lines of progress before. */
export async function answered<T>(
  { request, reply, options }: Pick<RouteContext, "options"> & Answerable,
  hasProgress: boolean | undefined,
  work: (options: Partial<Telling> & { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T | FastifyReply> {
  const signal = abortedWith(reply);
  if (hasProgress !== true) return work({ signal });
  const lines = toldResult((telling) => work({ ...telling, signal }), failed(request, options));
  return reply.type(NDJSON).send(Readable.from(lines));
}

interface Answerable {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
