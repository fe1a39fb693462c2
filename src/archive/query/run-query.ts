import { AbortedError } from "../../amqp/index.ts";
import { impliedText } from "../../filter/index.ts";
import { inTurns } from "../../in-turns.ts";
import type { ArchivedEvent } from "../archived-event.ts";
import type { Kind, Kinds } from "../kinds.ts";
import { ROW_COLUMNS, rowEvent } from "../row-event.ts";
import type { ArchiveDatabase } from "../tables.ts";
import type { ArchiveCount, ArchivePlan, ArchiveQuery, QueryOptions } from "./archive-query.ts";
import { branchesOf, type Branch } from "./branches.ts";
import { eventTest, type TestParts } from "./event-test.ts";
import { kindConditions, type KindGroup } from "./kind-conditions.ts";
import { pageQuery, type Candidate, type Range } from "./page-query.ts";

/** What a query works with. */
export interface QueryParts extends TestParts {
  readonly database: ArchiveDatabase;
  readonly kinds: Kinds;
}

/** Events in the first page, which is small so that the first hit comes at once, and in later ones. */
const FIRST_PAGE = 32;
const MAX_PAGE = 512;
/** Bytes of documents that are read at a time, but for a single larger one. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** How much clocks of several writers of one archive may differ. */
const CLOCKS_MS = 5 * 60_000;

/** What is known before the first page. */
interface Start {
  readonly kinds: ReadonlyMap<number, Kind>;
  readonly groups: readonly KindGroup[];
  readonly branches: readonly Branch[];
  readonly range: Range;
}

/** What was looked at, and whether it is wanted. */
interface Look {
  readonly event: ArchivedEvent;
  readonly isMatch: boolean;
}

/** The events of a query; see `Archive.query`. */
export async function* queryEvents(
  parts: QueryParts,
  query: ArchiveQuery,
  options: QueryOptions,
): AsyncIterableIterator<ArchivedEvent> {
  const { limit = Infinity } = query;
  let matched = 0;
  if (limit <= 0) return;
  for await (const { event, isMatch } of lookedAt(parts, query, options, () => matched)) {
    if (!isMatch) continue;
    matched++;
    yield event;
    if (matched >= limit) return;
  }
}

/** How many events a query wants; see `Archive.count`. */
export async function countEvents(
  parts: QueryParts,
  query: ArchiveQuery,
  options: QueryOptions,
): Promise<ArchiveCount> {
  let [looked, matched, filterErrors] = [0, 0, 0];
  const onFilterError: QueryOptions["onFilterError"] = (event, error) => {
    filterErrors++;
    options.onFilterError?.(event, error);
  };
  for await (const { isMatch } of lookedAt(parts, query, { ...options, onFilterError }, () => matched)) {
    looked++;
    if (isMatch) matched++;
    if (matched >= (query.limit ?? Infinity)) break;
  }
  return { matched, looked, filterErrors };
}

/** All events that the database gives for a query, and what the filter says of each. */
export async function* lookedAt(
  parts: QueryParts,
  query: ArchiveQuery,
  options: QueryOptions,
  matched: () => number,
): AsyncIterableIterator<Look> {
  const { signal, onProgress } = options;
  const judge = eventTest(parts, query, options);
  throwIfAborted(signal);
  const start = await startOf(parts, query, options);
  const { behind: first, last } = start.range;
  let behind = first;
  let looked = 0;
  let size = FIRST_PAGE;
  for (;;) {
    const statement = pageQuery(parts.database, start.branches, query, { behind, last }, size);
    const page: readonly Candidate[] = statement === undefined ? [] : await statement.execute();
    for (const ids of chunksOf(page)) {
      throwIfAborted(signal);
      for await (const event of inTurns(await readEvents(parts.database, ids, start.kinds))) {
        throwIfAborted(signal);
        looked++;
        yield { event, isMatch: judge(event) };
      }
    }
    throwIfAborted(signal);
    behind = page.at(-1)?.id ?? last;
    const isDone = page.length < size;
    onProgress?.({ looked, matched: matched(), done: isDone ? 1 : (behind - first) / Math.max(1, last - first) });
    if (isDone) return;
    size = Math.min(size * 2, MAX_PAGE);
  }
}

/** What the database is asked, and how it goes about it; see `Archive.explain`. */
export async function explainQuery(parts: QueryParts, query: ArchiveQuery): Promise<ArchivePlan> {
  const { branches, groups, range } = await startOf(parts, query, {});
  const implied = groups.map(({ kinds, condition }) => ({
    types: [...new Set(kinds.map(({ type, name }) => type || name || "(others)"))],
    condition: impliedText(condition),
  }));
  const statement = pageQuery(parts.database, branches, query, range, MAX_PAGE);
  if (statement === undefined) return { implied, sql: "", parameters: [], plan: [] };
  const { sql, parameters } = statement.compile();
  const explained: readonly object[] =
    parts.database.product === "sqlite"
      ? await statement.explain(undefined, parts.database.sql`query plan`)
      : await statement.explain();
  const plan = explained.map((row) => String("detail" in row ? row.detail : Object.values(row)[0]));
  return { implied, sql, parameters, plan };
}

async function startOf(
  { database, kinds, catalog }: QueryParts,
  query: ArchiveQuery,
  { allowsType }: Pick<QueryOptions, "allowsType">,
): Promise<Start> {
  const range = await rangeOf(database, query);
  // After the range: it has no event of a kind that is added from now on.
  const all = await kinds.all();
  const groups = kindConditions(all, query, { catalog, allowsType });
  const isAll = groups.reduce((count, group) => count + group.kinds.length, 0) === all.length;
  return { kinds: new Map(all.map((kind) => [kind.id, kind])), groups, branches: branchesOf(groups, isAll), range };
}

/** Events are never older than their archiving, so that what came before `since` need not be looked at. */
async function rangeOf({ kysely }: ArchiveDatabase, { since, after = 0 }: ArchiveQuery): Promise<Range> {
  const { id } = await kysely
    .selectFrom("archive_event")
    .select(({ fn }) => fn.max("id").as("id"))
    .executeTakeFirstOrThrow();
  const last = id ?? 0;
  if (since === undefined) return { behind: after, last };
  const first = await kysely
    .selectFrom("archive_event")
    .select("id")
    .where("archived_at", ">=", Math.ceil(since) - CLOCKS_MS)
    .orderBy("archived_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return { behind: Math.max(after, first === undefined ? last : first.id - 1), last };
}

async function readEvents(
  { kysely }: ArchiveDatabase,
  ids: readonly number[],
  kinds: ReadonlyMap<number, Kind>,
): Promise<readonly ArchivedEvent[]> {
  const rows = await kysely
    .selectFrom("archive_event")
    .select(ROW_COLUMNS)
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  return rows.map((row) => rowEvent(row, kinds.get(row.kind)));
}

/** Numbers of events whose documents are read together. */
function* chunksOf(page: readonly Candidate[]): Iterable<readonly number[]> {
  let ids: number[] = [];
  let bytes = 0;
  for (const { id, size } of page) {
    if (ids.length > 0 && bytes + size > MAX_PAGE_BYTES) {
      yield ids;
      [ids, bytes] = [[], 0];
    }
    ids.push(id);
    bytes += size;
  }
  if (ids.length > 0) yield ids;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AbortedError("the query was cancelled", { cause: signal.reason });
}
