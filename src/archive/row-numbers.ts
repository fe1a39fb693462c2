import type { ArchiveDatabase } from "./tables.ts";

/** Numbers of new events, in their order. */
export class RowNumbers {
  readonly #database: ArchiveDatabase;
  /** Undefined: not known, or no longer certain. */
  #last: number | undefined;

  constructor(database: ArchiveDatabase) {
    this.#database = database;
  }

  /** The first of some numbers that follow each other. Nobody may write meanwhile. */
  async take(count: number): Promise<number> {
    // A file has one writer, as a rule; of a server nobody knows what others have written since.
    if (this.#last === undefined || this.#database.product === "postgres") this.#last = await this.#highest();
    const first = this.#last + 1;
    this.#last += count;
    return first;
  }

  /** What was taken was not used, or somebody else writes, too. */
  forget(): void {
    this.#last = undefined;
  }

  async #highest(): Promise<number> {
    const { kysely } = this.#database;
    const { id } = await kysely
      .selectFrom("archive_event")
      .select(({ fn }) => fn.max("id").as("id"))
      .executeTakeFirstOrThrow();
    // Behind the events: what is deleted meanwhile is in one of the two.
    const deleted = await kysely.selectFrom("archive_mark").select("number").executeTakeFirst();
    return Math.max(id ?? 0, deleted?.number ?? 0);
  }
}
