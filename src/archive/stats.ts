import type { ArchiveDatabase } from "./tables.ts";

/** What an archive has of one type. */
export interface TypeStats {
  readonly type: string;
  readonly events: number;
  /** Of their documents. */
  readonly bytes: number;
}

/** What is in an archive. Times are ms since 1970. */
export interface ArchiveStats {
  readonly events: number;
  /** Of the documents. */
  readonly bytes: number;
  /** When the first and the last event came; undefined when there is none. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** The most frequent first. */
  readonly types: readonly TypeStats[];
}

/** Counts what is in an archive: all rows are gone through. */
export async function archiveStats({ kysely, sql }: ArchiveDatabase): Promise<ArchiveStats> {
  const rows = await kysely
    .selectFrom("archive_event as e")
    .innerJoin("archive_kind as k", "k.id", "e.kind")
    .groupBy("k.type")
    .select(["k.type", sql<number>`count(*)`.as("events"), sql<number>`cast(sum(e.size) as bigint)`.as("bytes")])
    .select(({ fn }) => [fn.min("e.archived_at").as("first"), fn.max("e.archived_at").as("last")])
    .execute();
  const types = rows
    .map(({ type, events, bytes }) => ({ type, events, bytes }))
    .sort((a, b) => b.events - a.events || a.type.localeCompare(b.type));
  const firsts = rows.map(({ first }) => first);
  const lasts = rows.map(({ last }) => last);
  return {
    events: types.reduce((sum, { events }) => sum + events, 0),
    bytes: types.reduce((sum, { bytes }) => sum + bytes, 0),
    first: rows.length === 0 ? undefined : Math.min(...firsts),
    last: rows.length === 0 ? undefined : Math.max(...lasts),
    types,
  };
}
