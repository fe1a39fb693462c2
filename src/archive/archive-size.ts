import type { ArchiveDatabase } from "./tables.ts";

/**
 * The bytes of all documents of an archive: all rows are gone through once, and then those that came since. Nobody but its owner may delete
 * meanwhile.
 */
export class ArchiveSize {
  #bytes = 0;
  /** Events up to this number are counted. */
  #upTo = 0;

  /** The bytes as they are now. */
  async count({ kysely, sql }: ArchiveDatabase): Promise<number> {
    const { bytes, last } = await kysely
      .selectFrom("archive_event")
      .select([sql<number | null>`cast(sum(size) as bigint)`.as("bytes"), sql<number | null>`max(id)`.as("last")])
      .where("id", ">", this.#upTo)
      .executeTakeFirstOrThrow();
    this.#bytes += bytes ?? 0;
    this.#upTo = last ?? this.#upTo;
    return this.#bytes;
  }

  /** All rows are gone through again. */
  forget(): void {
    this.#bytes = 0;
    this.#upTo = 0;
  }

  /** Events were deleted; those that are not counted yet never are. */
  deleted(rows: readonly { readonly id: number; readonly size: number }[]): void {
    for (const { id, size } of rows) if (id <= this.#upTo) this.#bytes -= size;
  }
}
