import type { JournalCounts, RefusedEvent } from "./journal-entry.ts";

/** Which refused events: so many at most (default 1,000), behind an id. */
export interface RefusedOptions {
  readonly limit?: number;
  readonly after?: number;
}

/** What can be seen and done of a send journal that a publisher has open. */
export interface JournalControl {
  /** The path of the file. */
  readonly file: string;
  readonly counts: JournalCounts;
  /** Why it takes no events any more: the file cannot be written, or it was closed. */
  readonly failure: Error | undefined;
  /**
   * The events that were moved aside, the oldest first.
   *
   * @throws XqbusError `xqbus:illegal-argument`, `xqbus:store-failed`, `xqbus:already-closed`
   */
  refused(options?: RefusedOptions): Promise<readonly RefusedEvent[]>;
  /**
   * Sends refused events again, with their message ids, behind all others. Ids that are not there are ignored.
   *
   * @returns how many there were
   * @throws XqbusError `xqbus:store-full`, `xqbus:store-failed`, `xqbus:already-closed`
   */
  retry(ids: readonly number[] | "all"): Promise<number>;
  /** Deletes refused events; else as {@link JournalControl.retry}. */
  delete(ids: readonly number[] | "all"): Promise<number>;
}
