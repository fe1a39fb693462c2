import { Event } from "../event/index.ts";
import type { Condition, Explanation, Filter } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { Archive } from "./archive.ts";
import type { ArchivedEvent } from "./archived-event.ts";
import type { ArchiveCount, ArchiveQuery, QueryOptions } from "./query/archive-query.ts";
import { sensitiveThen } from "./sensitive-then.ts";

/** An event that a filter does not match although it could, and why. */
export interface NearMiss {
  readonly event: ArchivedEvent;
  readonly explanation: Explanation;
}

/** What a filter would have done. */
export interface Backtest extends ArchiveCount {
  /** The first ones. */
  readonly hits: readonly ArchivedEvent[];
  /** Events for which most of the filter's conditions hold, the nearest first. */
  readonly nearMisses: readonly NearMiss[];
}

/** Hits and near misses that are told. */
const SHOWN = 5;
/** Events that are looked at for near misses: explaining costs more than matching. */
const MAX_EXPLAINED = 2000;

/** How many archived events a filter would have matched, with examples of both sides. */
export async function backtest(
  archive: Archive,
  filter: Filter,
  query: Omit<ArchiveQuery, "filter" | "limit"> = {},
  options: QueryOptions = {},
): Promise<Backtest> {
  const { view = (event) => event } = options;
  const hits: ArchivedEvent[] = [];
  for await (const event of archive.query({ ...query, filter, limit: SHOWN }, options)) hits.push(event);
  const counted = await archive.count({ ...query, filter }, options);
  const near: (NearMiss & { readonly share: number })[] = [];
  const types = filter.eventTypes === "all" ? {} : { types: filter.eventTypes };
  for await (const event of archive.query({ ...types, ...query, limit: MAX_EXPLAINED }, options)) {
    const explanation = explained(filter, event, archive.catalog, view);
    if (explanation === undefined || explanation.matches) continue;
    near.push({ event, explanation, share: shareOf(explanation) });
    near.sort((a, b) => b.share - a.share || a.event.number - b.event.number);
    near.splice(SHOWN);
  }
  return { ...counted, hits, nearMisses: near.map(({ event, explanation }) => ({ event, explanation })) };
}

function explained(
  filter: Filter,
  archived: ArchivedEvent,
  catalog: Catalog | undefined,
  view: NonNullable<QueryOptions["view"]>,
): Explanation | undefined {
  try {
    const event = Event.parse(archived.document);
    return filter.explain(view(event, archived).document, archived.message, sensitiveThen(archived, event, catalog));
  } catch {
    // What cannot be read is near to nothing.
    return undefined;
  }
}

/** Of the conditions, how many hold. */
function shareOf(explanation: Explanation): number {
  let [all, held] = [0, 0];
  const pending: Condition[] = [explanation.result];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    all++;
    if (next.outcome === "holds") held++;
    pending.push(...next.children);
  }
  return held / all;
}
