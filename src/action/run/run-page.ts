import type { Run } from "./run.ts";

/** Some of the runs that were asked for. */
export interface RunPage<T> {
  readonly items: readonly T[];
  /** There are more: `before` of the next page. */
  readonly next?: string;
}

/** How much a page may hold. */
export interface PageBounds {
  readonly limit: number;
  /** Bytes of JSON; one item is given however large it is. */
  readonly maxBytes: number;
}

/** As many of these runs as a page may hold; each is shown before the next one is looked at. */
export async function pageOf<T>(
  runs: readonly Run[],
  { limit, maxBytes }: PageBounds,
  show: (run: Run) => Promise<T>,
): Promise<RunPage<T>> {
  const items: T[] = [];
  let bytes = 0;
  let last: string | undefined;
  for (const run of runs.slice(0, limit)) {
    const item = await show(run);
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes > maxBytes && items.length > 0) break;
    items.push(item);
    last = run.id;
  }
  return { items, ...(items.length < runs.length && last !== undefined ? { next: last } : {}) };
}
