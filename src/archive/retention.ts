import { AbortedError } from "../amqp/index.ts";
import type { ArchiveDatabase } from "./tables.ts";

/** What is kept. */
export interface Retention {
  /** Ms since it was archived. Default: for ever. */
  readonly keepMs?: number;
  /** The same for types by their words; Infinity keeps them for ever. */
  readonly keepMsOf?: ReadonlyMap<string, number>;
  /** Bytes of all documents; beyond, the oldest go. Default: any number. */
  readonly maxBytes?: number;
}

/** How it is done. */
export interface PruneOptions {
  readonly signal?: AbortSignal;
  /** The time, in ms since 1970. */
  readonly now?: () => number;
}

/** What was deleted. */
export interface Pruned {
  readonly events: number;
  /** Of their documents. */
  readonly bytes: number;
}

/** Events that are deleted in one transaction: events that come meanwhile wait for it. */
const STEP = 500;

/** Deletes what is not kept any more; see `Archive.prune`. */
export async function prune(
  database: ArchiveDatabase,
  retention: Retention,
  { signal, now = Date.now }: PruneOptions,
): Promise<Pruned> {
  const pruning = new Pruning(database, signal);
  const { keepMs = Infinity, keepMsOf = new Map<string, number>(), maxBytes = Infinity } = retention;
  const kinds = await database.kysely.selectFrom("archive_kind").select(["id", "type", "name"]).execute();
  for (const { id, type, name } of kinds) {
    const keep = keepMsOf.get(type) ?? keepMsOf.get(name) ?? keepMs;
    if (keep !== Infinity) await pruning.olderThan(id, now() - keep);
  }
  if (maxBytes !== Infinity) await pruning.downTo(maxBytes);
  return pruning.pruned;
}

class Pruning {
  pruned: Pruned = { events: 0, bytes: 0 };
  readonly #database: ArchiveDatabase;
  readonly #signal: AbortSignal | undefined;

  constructor(database: ArchiveDatabase, signal: AbortSignal | undefined) {
    this.#database = database;
    this.#signal = signal;
  }

  /** Events of a kind, which are in the order of their arrival. */
  async olderThan(kind: number, time: number): Promise<void> {
    const { kysely } = this.#database;
    const rows = (behind: number) =>
      kysely
        .selectFrom("archive_event")
        .select(["id", "size", "archived_at"])
        .where("kind", "=", kind)
        .where("id", ">", behind)
        .orderBy("id")
        .limit(STEP)
        .execute();
    for (let page = await rows(0); page.length > 0; page = await rows(page.at(-1)?.id ?? 0)) {
      const old = page.filter(({ archived_at: archivedAt }) => archivedAt < time);
      await this.#delete(old);
      if (old.length < page.length) return;
    }
  }

  async downTo(maxBytes: number): Promise<void> {
    const { kysely, sql } = this.#database;
    const { bytes } = await kysely
      .selectFrom("archive_event")
      .select(sql<number | null>`cast(sum(size) as bigint)`.as("bytes"))
      .executeTakeFirstOrThrow();
    let excess = (bytes ?? 0) - maxBytes;
    while (excess > 0) {
      const page = await kysely.selectFrom("archive_event").select(["id", "size"]).orderBy("id").limit(STEP).execute();
      if (page.length === 0) return;
      const gone: { id: number; size: number }[] = [];
      for (const row of page) {
        if (excess <= 0) break;
        gone.push(row);
        excess -= row.size;
      }
      await this.#delete(gone);
    }
  }

  async #delete(rows: readonly { readonly id: number; readonly size: number }[]): Promise<void> {
    if (this.#signal?.aborted === true)
      throw new AbortedError("deleting was cancelled", { cause: this.#signal.reason });
    if (rows.length === 0) return;
    const { events, bytes } = this.pruned;
    this.pruned = { events: events + rows.length, bytes: rows.reduce((sum, { size }) => sum + size, bytes) };
    const ids = rows.map(({ id }) => id);
    await this.#database.kysely.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("archive_field").where("event", "in", ids).execute();
      await transaction.deleteFrom("archive_event").where("id", "in", ids).execute();
    });
  }
}
